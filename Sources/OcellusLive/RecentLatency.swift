// Percentiles of the last seconds and of the whole session: the first for a display that moves, the second for the end.

/// Three histograms: everything, the running period and the one before it.
public struct RecentLatency: Sendable {
    /// Seconds of a period.
    private static let period = 8.0

    /// Since the beginning.
    public private(set) var all = LatencyHistogram()
    private var running = LatencyHistogram()
    private var before = LatencyHistogram()
    private var began = 0.0

    public init() {}

    /// Adds a value measured at `time`, in seconds of a clock that goes forward.
    public mutating func add(_ milliseconds: Double, time: Double) {
        if time - began > RecentLatency.period {
            swap(&running, &before)
            running.reset()
            began = time
        }
        all.add(milliseconds)
        running.add(milliseconds)
    }

    /// A percentile of the last 8 to 16 seconds (`share` 0...1).
    public func percentile(_ share: Double) -> Double {
        // A period that has only begun says little about its slowest hundredth.
        (running.count >= 100 || before.count == 0 ? running : before).percentile(share)
    }
}
