// What a camera is doing, and why it is lost when it is.

/// Where a camera stands. It changes inside `nextFrame` alone.
public enum CameraState: Equatable, Sendable {
    case streaming
    /// Frames do not come any more since `since` (nanoseconds of the monotonic clock). With `LossPolicy.wait`,
    /// `nextFrame` looks for the camera at growing intervals.
    case lost(reason: LossReason, since: UInt64)
    /// `close` was called.
    case closed
}

/// What a lost camera was noticed by.
public enum LossReason: Equatable, Sendable {
    /// It was unplugged, or its driver let go of it.
    case disconnected
    /// The driver reports that streaming failed (EIO and the like).
    case failed
    /// No error, and no frame either: the writer of a loopback device has ended, or the camera hangs.
    case silent

    /// A few words for people: "disconnected", "streaming failed", "no frames".
    public var text: String {
        switch self {
        case .disconnected: "disconnected"
        case .failed: "streaming failed"
        case .silent: "no frames"
        }
    }
}
