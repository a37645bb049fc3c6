// A detection with the identity that the tracker gave it.
import OcellusDetection

/// One object of one frame.
public struct TrackedDetection: Sendable, Equatable {
    /// In pixels of the frame.
    public var detection: Detection
    /// The same number as long as the object is followed, 1, 2, …; nil when nothing is tracked.
    public var identity: Int?

    public init(_ detection: Detection, identity: Int? = nil) {
        self.detection = detection
        self.identity = identity
    }
}
