// Rows of a picture as bytes that can be averaged. Formats with a byte a channel are handed out where they lie; YUV is
// converted to red, green, blue, 0, each row once, into one of four slots.
import CKernels
import OcellusTensor

/// The rows of one picture at a time. Four neighbouring rows stay valid together.
final class SourceRows {
    /// Four rows of `width` pixels of 4 bytes. Nil when no conversion is needed.
    private let slots: Buffer<UInt8>?
    private let slotBytes: Int
    /// The row that each slot holds, -1 for none.
    private var held = SIMD4<Int>(repeating: -1)
    private let instructions: ock_isa
    let width: Int
    let format: PixelFormat

    convenience init(width: Int, format: PixelFormat, kernels: KernelSet) throws(OcellusError) {
        let slotBytes = width * 4 + Int(OCK_RESAMPLE_SLACK)
        let slots: Buffer<UInt8>? = format.needsEvenWidth ? try Buffer(count: slotBytes * 4) : nil
        self.init(width, format, kernels.instructions, slots, slotBytes)
    }

    private init(
        _ width: Int, _ format: PixelFormat, _ instructions: ock_isa, _ slots: Buffer<UInt8>?, _ slotBytes: Int
    ) {
        self.width = width
        self.format = format
        self.instructions = instructions
        self.slots = slots
        self.slotBytes = slotBytes
    }

    /// Bytes from one pixel of a handed-out row to the next.
    var pixelBytes: Int {
        switch format {
        case .grey8: 1
        case .rgb8, .bgr8: 3
        case .rgba8, .bgra8, .yuyv, .nv12: 4
        }
    }

    /// Which byte of a pixel is red, green and blue.
    var channels: SIMD4<Int32> {
        switch format {
        case .grey8: SIMD4(0, 0, 0, 0)
        case .bgr8, .bgra8: SIMD4(2, 1, 0, 0)
        case .rgb8, .rgba8, .yuyv, .nv12: SIMD4(0, 1, 2, 0)
        }
    }

    /// Forgets the last picture: the next one has the same shape and other contents.
    func begin() { held = SIMD4(repeating: -1) }

    /// Row `y` of `image`, which has this object's width and format.
    @inline(never)
    func row(_ y: Int, of image: ImageView) -> UnsafePointer<UInt8> {
        let bytes = image.pixels + y &* image.stride
        guard let slots else { return bytes }
        let slot = y & 3
        let converted = slots.pointer + slot &* slotBytes
        if held[slot] != y {
            held[slot] = y
            if let chroma = image.chroma {
                ock_resample_nv12(instructions, bytes, chroma + (y / 2) &* image.chromaStride, converted, width / 2)
            } else {
                ock_resample_yuyv(instructions, bytes, converted, width / 2)
            }
        }
        return UnsafePointer(converted)
    }
}
