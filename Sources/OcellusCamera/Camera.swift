// A V4L2 camera: opened, configured, streaming; lost and found again.
import OcellusImage
import OcellusTensor

/// A camera that is streaming. One thread at a time, except `interrupt`.
public final class Camera {
    /// The path of the node in use; another one than was asked for after the camera came back under another number.
    public private(set) var path: String
    /// The camera's name as its driver gives it.
    public private(set) var card: String
    /// What was agreed on. May change when the camera is reopened.
    public private(set) var format: FrameFormat
    /// What was agreed on; 0 when the driver does not say.
    public private(set) var framesPerSecond: Double
    public private(set) var state = CameraState.streaming
    public private(set) var statistics = CameraStatistics()
    let converter: FrameConverter

    /// Opens the camera at `path` and starts it; nil: the first one of the system that gives pictures.
    ///
    /// Throws `.io` when there is no such device (the message lists those there are), permission is missing (it names
    /// the group), or the device is in use; `.unsupported` for a node that gives no pictures, such as metadata or raw
    /// Bayer sensors; `.invalidArgument` for options out of range.
    public convenience init(path: String? = nil, options: CameraOptions = CameraOptions()) throws(OcellusError) {
        throw OcellusError(.unsupported, "not built yet")
    }

    /// The newest frame, waiting for one at most `timeoutMilliseconds` (-1: as long as it takes).
    ///
    /// Frames that came before it are given back to the driver unseen, damaged ones too. Nil when the time is up, when
    /// `state` has changed (look at it), and after `interrupt`. While the camera is lost this waits, too, and looks for
    /// it after 0.25 s, then at intervals that double up to 4 s.
    /// Throws `.io` when it is lost and the policy is `.exit`, `.invalidArgument` when the caller holds every buffer,
    /// or the camera is closed. Allocates nothing while the camera streams.
    public func nextFrame(timeoutMilliseconds: Int = -1) throws(OcellusError) -> Frame? {
        throw OcellusError(.unsupported, "not built yet")
    }

    /// Makes the `nextFrame` that waits now, or else the next one, return nil at once. From any thread, and from signal
    /// handlers.
    public func interrupt() {}

    /// Stops and closes the device. Frames in use stay readable until they die. Called when the object dies.
    public func close() {}

    private init(path: String, card: String, format: FrameFormat, converter: FrameConverter) {
        self.path = path
        self.card = card
        self.format = format
        self.converter = converter
        framesPerSecond = 0
    }
}
