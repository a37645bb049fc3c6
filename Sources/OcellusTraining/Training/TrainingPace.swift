// How far and how fast a phase goes, for what people are told: without the measurements between its steps.
import CSystem

/// Steps, epochs and seconds of a phase since it began or went on. Times are in nanoseconds of the monotonic clock.
public struct TrainingPace: Sendable {
    private let first: Int
    private let steps: Int
    private let epoch: Int
    private let batch: Int
    private var step: Int
    private var seconds = 0.0
    private var latest: UInt64

    /// - Parameters:
    ///   - step: steps done before.
    ///   - steps: those of the phase.
    ///   - epoch: steps of an epoch, at least 1.
    ///   - batch: pictures of a step.
    public init(
        after step: Int, of steps: Int, epoch: Int, batch: Int, now: UInt64 = ocs_monotonic_nanoseconds()
    ) {
        (first, self.step, self.steps, self.epoch, self.batch, latest) = (step, step, steps, epoch, batch, now)
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

    public var picturesPerSecond: Double { Double(batch) / secondsPerStep }

    /// To the end of the phase.
    public var secondsLeft: Double { Double(steps - step) * secondsPerStep }

    /// Epochs of the phase; the last one may be cut short.
    public var epochs: Int { (steps + epoch - 1) / epoch }

    /// The epoch of the latest step, 1 is the first, also before there was one.
    public var epochAtWork: Int { max(0, step - 1) / epoch + 1 }
}
