// Picture files as frames, each once: for trying out what a live session does, and for tests.
import OcellusFiles
import OcellusImage
import OcellusTensor

/// Pictures in an order, every one of them.
public final class PictureSource: FrameSource {
    public let summary: String
    public private(set) var damaged = 0
    /// Pictures are always read at full size.
    public var minimumSide = 0
    private let read: (Int) throws(OcellusError) -> RGBImage
    private let count: Int
    private var index = 0
    private var picture: RGBImage?

    /// `read` gives the picture of an index below `count`; one that throws is left out and counted.
    public init(count: Int, summary: String, read: @escaping (Int) throws(OcellusError) -> RGBImage) {
        self.count = count
        self.summary = summary
        self.read = read
    }

    public func next(milliseconds: Int) throws(OcellusError) -> FrameEvent {
        guard index < count else {
            if damaged == count, count > 0 {
                throw OcellusError(.invalidData, "\(summary): none of the pictures could be read")
            }
            return .ended
        }
        index += 1
        do throws(OcellusError) {
            let image = try read(index - 1)
            picture = image
            let now = LiveClock.now
            return .frame(
                LiveFrame(
                    image: image.view, number: index - 1, timestamp: LiveClock.wallTime(now), availableAt: now))
        } catch {
            damaged += 1
            return .nothing
        }
    }

    public func close() { index = count }
}
