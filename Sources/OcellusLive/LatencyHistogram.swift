// Percentiles of latencies without keeping the latencies: counts in bins whose widths grow with the value.
import Foundation

/// Counts milliseconds in fixed bins, 24 to a doubling (3 % wide), from 0.01 ms on. Adding allocates nothing.
public struct LatencyHistogram: Sendable {
    private static let binsPerDoubling: Float = 24
    private static let smallest: Float = 0.01
    /// Up to 0.01 ms x 2^24: 168 seconds.
    private static let binCount = 24 * 24

    private var bins = [UInt32](repeating: 0, count: binCount)
    /// How many values were added.
    public private(set) var count = 0

    public init() {}

    /// Adds a value. Values beyond the ends count in the first and last bin; NaN is left out.
    public mutating func add(_ milliseconds: Double) {
        guard !milliseconds.isNaN else { return }
        let ratio = Float(max(milliseconds, Double(LatencyHistogram.smallest))) / LatencyHistogram.smallest
        let place = min(log2(ratio) * LatencyHistogram.binsPerDoubling, Float(LatencyHistogram.binCount - 1))
        bins[Int(place)] &+= 1
        count += 1
    }

    /// The value below which a `share` (0...1) of all lies, to 3 %; 0 when there is none.
    public func percentile(_ share: Double) -> Double {
        var rest = max(1, Int((Double(count) * share).rounded(.up)))
        guard count > 0 else { return 0 }
        for (index, bin) in bins.enumerated() {
            rest -= Int(bin)
            if rest <= 0 {
                // The middle of the bin.
                return Double(
                    LatencyHistogram.smallest * exp2((Float(index) + 0.5) / LatencyHistogram.binsPerDoubling))
            }
        }
        return 0
    }

    /// Forgets all values, keeps the memory.
    public mutating func reset() {
        for index in bins.indices { bins[index] = 0 }
        count = 0
    }
}
