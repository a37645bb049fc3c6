// One frame in the driver's own memory. Nothing is copied; the driver gets the buffer back when the frame dies.
import OcellusImage
import OcellusTensor

/// A borrowed buffer of a camera. Let go of it soon: the driver fills only the buffers that it has.
public struct Frame: ~Copyable {
    /// The bytes that the driver filled, whatever their format. Valid as long as the frame is.
    public let bytes: UnsafeRawBufferPointer
    /// The driver's number. It begins anew when the camera is reopened; gaps are frames that were lost.
    public let sequence: UInt32
    /// When the frame was taken: the driver's time in nanoseconds of the monotonic clock, or `arrival` where the driver
    /// gives a time of another clock.
    public let timestamp: UInt64
    /// When the frame was taken out of the driver's queue, on the same clock.
    public let arrival: UInt64
    private let stream: Stream
    private let buffer: Int

    init(
        _ stream: Stream, buffer: Int, bytes: UnsafeRawBufferPointer, sequence: UInt32, timestamp: UInt64,
        arrival: UInt64
    ) {
        self.stream = stream
        self.buffer = buffer
        self.bytes = bytes
        self.sequence = sequence
        self.timestamp = timestamp
        self.arrival = arrival
    }

    deinit { stream.giveBack(buffer) }

    public var format: FrameFormat { stream.format }

    /// In pixels, as the camera sends it.
    public var width: Int { stream.format.width }
    public var height: Int { stream.format.height }

    /// Bytes from a row of the first plane to the next; 0 for compressed formats, whose rows have no bytes of their own.
    public var bytesPerRow: Int {
        switch stream.converter.layout {
        case .jpeg: 0
        case .foreign, .mosaic, .unknown: format.bytesPerLine
        default: stream.converter.stride
        }
    }

    /// The picture in a format that the library reads. The buffer itself wherever that is possible.
    ///
    /// `minimumSide`: compressed frames are decoded at half, a quarter or an eighth of their size as long as the longer
    /// side keeps so many pixels; 0 always gives the full size. The result may thus be smaller than `width` and
    /// `height`. Valid until the frame dies, and where it had to be converted only until the next `image` of the same
    /// camera.
    /// Throws `.invalidData` for a frame that is damaged or truncated: go on with the next.
    public func image(minimumSide: Int = 0) throws(OcellusError) -> ImageView {
        try stream.converter.image(bytes, minimumSide: minimumSide)
    }
}
