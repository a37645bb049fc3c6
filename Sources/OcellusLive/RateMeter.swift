// How many a second: over the last two seconds, without keeping more than the moments of the last frames.

/// Counts events a second. Adding allocates nothing.
public struct RateMeter: Sendable {
    private static let window = 2.0
    private static let capacity = 512

    private var moments = [Double](repeating: -.infinity, count: capacity)
    private var next = 0

    public init() {}

    /// An event at `time`, in seconds of a clock that goes forward.
    public mutating func add(time: Double) {
        moments[next] = time
        next = (next + 1) % RateMeter.capacity
    }

    /// Events a second up to `time`; 0 when there were fewer than two in the last two seconds.
    public func rate(time: Double) -> Double {
        var count = 0
        var first = time
        var last = -Double.infinity
        for moment in moments where moment > time - RateMeter.window {
            count += 1
            first = min(first, moment)
            last = max(last, moment)
        }
        guard count > 1, last > first else { return 0 }
        return Double(count - 1) / (last - first)
    }
}
