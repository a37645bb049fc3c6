// From the bytes of a frame to a picture that the detector reads: as they lie, repacked, or decoded by libjpeg-turbo or
// libv4l. For frames of a camera and for those piped in alike.
import OcellusImage
import OcellusTensor

/// Reads frames of one format. Memory is allocated once.
public final class FrameConverter {
    public let format: FrameFormat

    /// Throws `.unsupported` for a format that needs a library which is not installed (the message names the Debian
    /// package), `.invalidArgument` for sizes that cannot be.
    public convenience init(_ format: FrameFormat) throws(OcellusError) {
        self.init(checked: format)
    }

    private init(checked format: FrameFormat) { self.format = format }

    /// Bytes that a frame has; nil for compressed formats.
    public var frameBytes: Int? { nil }

    /// The picture in `bytes`, see `Frame.image`. Valid as long as `bytes` is, and until the next call.
    public func image(_ bytes: UnsafeRawBufferPointer, minimumSide: Int = 0) throws(OcellusError) -> ImageView {
        throw OcellusError(.unsupported, "not built yet")
    }
}
