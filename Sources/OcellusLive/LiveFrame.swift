// One picture on its way through a live session, borrowed from where it came from.
// Not a copy: a source may reuse the memory as soon as it is asked for the next frame.
import OcellusImage

/// A frame as a source hands it out. `image` is valid until the source's next `next`.
public struct LiveFrame {
    /// The pixels, borrowed. Smaller than `width` x `height` where a JPEG was decoded at a part of its size.
    public let image: ImageView
    /// The frame's own size in pixels.
    public let width: Int
    public let height: Int
    /// Counts the source's frames from 0; numbers that were skipped are missing.
    public let number: Int
    /// Seconds since 1970 at which the last byte of the frame was here (cameras: when the driver says it was taken).
    public let timestamp: Double
    /// The same moment on the clock of `LiveClock.now`, nanoseconds: what latency is measured from.
    public let availableAt: UInt64
    /// Frames that came and went unseen since the one before, because this one was newer.
    public let skipped: Int

    /// Without a size, that of the image.
    public init(
        image: ImageView, width: Int? = nil, height: Int? = nil, number: Int, timestamp: Double, availableAt: UInt64,
        skipped: Int = 0
    ) {
        self.image = image
        self.width = width ?? image.width
        self.height = height ?? image.height
        self.number = number
        self.timestamp = timestamp
        self.availableAt = availableAt
        self.skipped = skipped
    }

    /// Whether the image has all pixels of the frame.
    public var isFullSize: Bool { image.width == width && image.height == height }
}
