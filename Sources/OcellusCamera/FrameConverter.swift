// From the bytes of a frame to a picture that the detector reads: as they lie, repacked, or decoded by libjpeg-turbo or
// libv4l. For frames of a camera and for those piped in alike.
import CCamera
import OcellusImage
import OcellusTensor

/// Reads frames of one format. Not for several threads at a time.
public final class FrameConverter {
    public let format: FrameFormat
    let layout: FrameLayout
    /// `format.bytesPerLine`, or the bytes of a row.
    let stride: Int
    /// Holds what was repacked or decoded; allocated when it is first needed.
    var pixels: Buffer<UInt8>?
    /// libturbojpeg or libv4lconvert, where the layout takes one.
    let jpeg: OpaquePointer?
    let foreign: OpaquePointer?

    /// Throws `.unsupported` for a format that the library cannot read, or that needs a library which is not installed
    /// (the message names the Debian package), and `.invalidArgument` for sizes that cannot be.
    public convenience init(_ format: FrameFormat) throws(OcellusError) {
        let layout = FrameLayout(format.code)
        var jpeg: OpaquePointer?
        var foreign: OpaquePointer?
        let stride = try FrameConverter.checkedStride(format, layout)
        switch layout {
        case .jpeg:
            jpeg = occ_jpeg_create()
            guard jpeg != nil else { throw missing("libturbojpeg.so.0", "libturbojpeg0", format.code) }
        case .foreign, .mosaic:
            foreign = occ_foreign_create(
                format.code.code, UInt32(format.width), UInt32(format.height), UInt32(format.bytesPerLine))
            guard foreign != nil else { throw missing("libv4lconvert.so.0", "libv4lconvert0", format.code) }
        case .unknown:
            throw OcellusError(
                .unsupported,
                "pictures in the format \(format.code) cannot be read: choose another, such as YUYV, NV12 or MJPG")
        case .direct, .everySecondChromaRow, .packed, .swappedPairs, .planar: break
        }
        self.init(format, layout, stride, jpeg, foreign)
    }

    private init(
        _ format: FrameFormat, _ layout: FrameLayout, _ stride: Int, _ jpeg: OpaquePointer?, _ foreign: OpaquePointer?
    ) {
        self.format = format
        self.layout = layout
        self.stride = stride
        self.jpeg = jpeg
        self.foreign = foreign
    }

    deinit {
        occ_jpeg_destroy(jpeg)
        occ_foreign_destroy(foreign)
    }

    /// Bytes that a whole frame has at least; nil for compressed formats.
    public var frameBytes: Int? {
        let (width, height) = (format.width, format.height)
        let chromaRows = (height + 1) / 2
        switch layout {
        case .direct(.nv12), .swappedPairs: return stride * height + stride * (chromaRows - 1) + width
        case .direct(let pixels): return stride * (height - 1) + pixels.rowBytes(width: width)
        case .everySecondChromaRow: return stride * height + stride * (height - 1) + width
        case .packed: return stride * (height - 1) + width * 2
        case .planar: return stride * height + stride / 2 * (2 * chromaRows - 1) + width / 2
        case .jpeg, .foreign, .mosaic, .unknown: return nil
        }
    }

    /// The picture in `bytes`, see `Frame.image`. Valid as long as `bytes` is, and until the next call.
    public func image(_ bytes: UnsafeRawBufferPointer, minimumSide: Int = 0) throws(OcellusError) -> ImageView {
        guard let base = bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count >= frameBytes ?? 1 else {
            throw OcellusError(
                .invalidData, "a frame of \(bytes.count) bytes: expected \(frameBytes ?? 1) for \(format.code)")
        }
        switch layout {
        case .direct(.nv12):
            return try view(base, .nv12, chroma: base + stride * format.height, chromaStride: stride)
        case .direct(let pixels): return try view(base, pixels)
        case .everySecondChromaRow:
            return try view(base, .nv12, chroma: base + stride * format.height, chromaStride: 2 * stride)
        case .packed(let order): return try repackedPairs(base, order)
        case .swappedPairs, .planar: return try repackedPlanes(base)
        case .jpeg: return try decoded(base, bytes.count, minimumSide)
        case .foreign, .mosaic: return try converted(base, bytes.count)
        case .unknown: throw OcellusError(.unsupported, "the format \(format.code) cannot be read")
        }
    }

    /// Memory for a converted picture, kept for the next one.
    func memory(_ count: Int) throws(OcellusError) -> UnsafeMutablePointer<UInt8> {
        if let pixels, pixels.count >= count { return pixels.pointer }
        let fresh = try Buffer<UInt8>(count: count)
        pixels = fresh
        return fresh.pointer
    }

    private static func checkedStride(_ format: FrameFormat, _ layout: FrameLayout) throws(OcellusError) -> Int {
        let limit = ImageView.sideLimit
        let smallest = layout == .jpeg ? 0 : 1
        guard format.width >= smallest, format.width <= limit, format.height >= smallest, format.height <= limit else {
            throw OcellusError(
                .invalidArgument,
                "frames of \(format.width)x\(format.height) pixels: expected a width and a height from 1 to \(limit)")
        }
        let rowBytes: Int
        switch layout {
        case .direct(let pixels): rowBytes = pixels.rowBytes(width: format.width)
        case .packed: rowBytes = format.width * 2
        case .everySecondChromaRow, .swappedPairs, .planar: rowBytes = format.width
        case .jpeg, .foreign, .mosaic, .unknown: return format.width
        }
        let isPaired: Bool
        if case .direct(let pixels) = layout { isPaired = pixels.needsEvenWidth } else { isPaired = true }
        guard !isPaired || format.width % 2 == 0 else {
            throw OcellusError(
                .invalidArgument, "\(format.code) frames \(format.width) pixels wide: expected an even width")
        }
        // Some drivers leave the field 0 or fill in something smaller than a row: rows then lie without a gap.
        guard format.bytesPerLine <= 1 << 24 else {
            throw OcellusError(.invalidArgument, "rows of \(format.bytesPerLine) bytes: no picture has them")
        }
        return max(format.bytesPerLine, rowBytes)
    }
}

/// The error for a library that could not be loaded.
private func missing(_ library: StaticString, _ package: StaticString, _ code: FourCC) -> OcellusError {
    OcellusError(
        .unsupported,
        ErrorMessage(
            stringInterpolation: {
                var parts = ErrorMessage.StringInterpolation(literalCapacity: 0, interpolationCount: 0)
                parts.appendLiteral("frames in the format ")
                parts.appendInterpolation(code.description)
                parts.appendLiteral(" are read by ")
                parts.appendLiteral(library)
                parts.appendLiteral(", which could not be loaded: install it (Debian: apt-get install ")
                parts.appendLiteral(package)
                parts.appendLiteral("), or choose another format")
                return parts
            }()))
}
