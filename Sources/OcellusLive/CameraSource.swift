// A V4L2 camera as a source of a live session.
import OcellusCamera
import OcellusImage
import OcellusTensor

/// Frames of a camera, each in the driver's buffer until the next is asked for.
public final class CameraSource: FrameSource {
    public var minimumSide = 0
    private let camera: Camera
    /// Holds the driver's buffer while the session looks at it.
    private var held: Frame?
    private var passedBefore: UInt64 = 0
    private var undecodable = 0

    /// Takes over a camera that streams.
    public init(_ camera: Camera) { self.camera = camera }

    /// "/dev/video0  HD Webcam  640x480 YUYV 30 fps".
    public var summary: String {
        let format = camera.format
        let rate = camera.framesPerSecond
        let text = rate == rate.rounded() ? String(Int(rate)) : String((rate * 10).rounded() / 10)
        return "\(camera.path)  \(camera.card)  \(format.width)x\(format.height) \(format.code)"
            + (rate > 0 ? " \(text) fps" : "")
    }

    public var damaged: Int { undecodable + Int(clamping: camera.statistics.damaged) }

    public func close() {
        held = nil
        camera.close()
    }

    public func next(milliseconds: Int) throws(OcellusError) -> FrameEvent {
        held = nil
        guard let frame = try camera.nextFrame(timeoutMilliseconds: milliseconds) else {
            guard case .lost(_, let since) = camera.state else { return .nothing }
            return .lost(seconds: LiveClock.milliseconds(from: since, to: LiveClock.now) / 1000)
        }
        let image: ImageView
        do throws(OcellusError) {
            image = try frame.image(minimumSide: minimumSide)
        } catch {
            guard error.code == .invalidData else { throw error }
            undecodable += 1
            return .nothing
        }
        let counts = camera.statistics
        let passed = counts.skipped + counts.dropped
        let skipped = passed - min(passedBefore, passed)
        passedBefore = passed
        let moment = frame.timestamp
        let (width, height) = (frame.width, frame.height)
        held = consume frame
        return .frame(
            LiveFrame(
                image: image, width: width, height: height,
                number: Int(clamping: counts.delivered + passed + counts.damaged) - 1,
                timestamp: LiveClock.wallTime(moment), availableAt: moment, skipped: Int(clamping: skipped)))
    }
}
