// How fast a phase goes, for what people are told: without the measurements between its steps.
import CSystem

/// Seconds a step since a phase began or went on. Times are in nanoseconds of the monotonic clock.
public struct TrainingPace: Sendable {
    private let first: Int
    private var step: Int
    private var seconds = 0.0
    private var latest: UInt64

    public init(after step: Int, now: UInt64 = ocs_monotonic_nanoseconds()) {
        (first, self.step, latest) = (step, step, now)
    }

    /// `step` has just been done.
    public mutating func advance(to step: Int, now: UInt64 = ocs_monotonic_nanoseconds()) {
        seconds += Double(now - latest) / 1e9
        (self.step, latest) = (step, now)
    }

    /// What came since the latest step was none: it is not counted.
    public mutating func leaveOut(now: UInt64 = ocs_monotonic_nanoseconds()) { latest = now }

    /// Above 0, also before the first step.
    public var secondsPerStep: Double { max(seconds / Double(max(1, step - first)), 1e-9) }
}
