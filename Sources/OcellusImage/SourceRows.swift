// Rows of a picture as bytes of red, green and blue that can be averaged. RGB-like formats are handed out where they lie;
// the others are converted, each row once, into one of four slots.
import OcellusTensor

/// The rows of one picture at a time. Four neighbouring rows stay valid together.
final class SourceRows {
    /// Four rows of `capacity` pixels of 4 bytes: red, green, blue, 0. Nil when no conversion is needed.
    private let slots: Buffer<UInt8>?
    private let slotBytes: Int
    /// Nil for formats without YUV.
    private let colours: ColourConversion?
    /// The row that each slot holds, -1 for none.
    private var held = SIMD4<Int>(repeating: -1)
    let width: Int
    let format: PixelFormat

    init(width: Int, format: PixelFormat) throws(OcellusError) {
        self.width = width
        self.format = format
        slotBytes = width * 4
        colours = format.needsEvenWidth ? try ColourConversion() : nil
        switch format {
        case .rgb8, .bgr8, .rgba8, .bgra8: slots = nil
        case .grey8, .yuyv, .nv12: slots = try Buffer(count: slotBytes * 4)
        }
    }

    /// Bytes from one pixel of a handed-out row to the next.
    var pixelBytes: Int { format == .rgb8 || format == .bgr8 ? 3 : 4 }

    /// Whether blue comes first in a handed-out row.
    var isBlueFirst: Bool { format == .bgr8 || format == .bgra8 }

    /// Forgets the last picture: the next one has the same shape and other contents.
    func begin() { held = SIMD4(repeating: -1) }

    /// Row `y` of `image`, which has this object's width and format.
    func row(_ y: Int, of image: ImageView) -> UnsafePointer<UInt8> {
        let bytes = image.pixels + y &* image.stride
        guard let slots else { return bytes }
        let slot = y & 3
        let converted = slots.pointer + slot &* slotBytes
        if held[slot] != y {
            held[slot] = y
            switch format {
            case .rgb8, .bgr8, .rgba8, .bgra8: break
            case .grey8: ColourConversion.grey(bytes, to: converted, width: width)
            case .yuyv: colours?.yuyv(bytes, to: converted, width: width)
            case .nv12:
                let chroma = image.chroma ?? image.pixels
                colours?.nv12(
                    bytes, chroma: chroma + (y / 2) &* image.chromaStride, to: converted, width: width)
            }
        }
        return UnsafePointer(converted)
    }
}
