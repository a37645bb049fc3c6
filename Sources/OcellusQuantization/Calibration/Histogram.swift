// Counts of values in equal bins around 0. When a larger value comes, bins merge by two until it fits.
import OcellusTensor

struct Histogram {
    private static let bins = 4096
    private var counts = [Int](repeating: 0, count: Histogram.bins)
    /// Bins cover -limit ... limit.
    private var limit: Float = 0

    mutating func add(_ values: UnsafePointer<Float>, _ shape: Shape, stride: Int, largest: Float) {
        // What is smaller has no bins of its own width in a float, and is 0 on any grid.
        guard largest > 1e-30, largest < 1e30 else { return }
        if limit == 0 { limit = largest }
        while largest > limit { widen() }
        let half = Histogram.bins / 2
        let factor = Float(half) / limit
        for position in 0..<shape.positions {
            for channel in 0..<shape.channels {
                let value = values[position &* stride &+ channel]
                // Zeros are free: every grid has an exact 0.
                guard value != 0, value >= -limit, value <= limit else { continue }
                counts[min(max(Int((value * factor).rounded(.down)) &+ half, 0), Histogram.bins &- 1)] &+= 1
            }
        }
    }

    private mutating func widen() {
        let quarter = Histogram.bins / 4
        var merged = [Int](repeating: 0, count: Histogram.bins)
        for bin in 0..<Histogram.bins { merged[quarter + bin / 2] += counts[bin] }
        counts = merged
        limit *= 2
    }

    /// Cuts both tails to `1 - share` of the values that are not 0.
    func range(holding share: Double, within range: ValueRange) -> ValueRange {
        let total = counts.reduce(0, +)
        let spare = Int(Double(total) * (1 - share))
        var (low, high) = (0, Histogram.bins - 1)
        var dropped = 0
        while low < high, dropped + counts[low] <= spare {
            dropped += counts[low]
            low += 1
        }
        dropped = 0
        while high > low, dropped + counts[high] <= spare {
            dropped += counts[high]
            high -= 1
        }
        return ValueRange(minimum: max(range.minimum, edge(low)), maximum: min(range.maximum, edge(high + 1)))
    }

    /// Tries 40 shrunken copies of `range` and takes the one with the smallest squared error.
    func bestRange(within range: ValueRange) -> ValueRange {
        var best = range
        var leastError = Double.infinity
        for step in 0..<40 {
            let factor = 1 - Float(step) * 0.02
            let candidate = ValueRange(minimum: range.minimum * factor, maximum: range.maximum * factor)
            let error = squaredError(candidate)
            if error < leastError {
                leastError = error
                best = candidate
            }
        }
        return best
    }

    /// Rounding costs step^2 / 12 a value inside; outside, the square of the distance to the end.
    private func squaredError(_ range: ValueRange) -> Double {
        let (low, high) = (min(range.minimum, 0), max(range.maximum, 0))
        let step = Double(high - low) / 255
        let rounding = step * step / 12
        var error = 0.0
        for (bin, count) in counts.enumerated() where count > 0 {
            let centre = (edge(bin) + edge(bin + 1)) / 2
            let outside = Double(max(low - centre, centre - high, 0))
            error += Double(count) * (outside > 0 ? outside * outside : rounding)
        }
        return error
    }

    private func edge(_ bin: Int) -> Float {
        limit * (Float(bin) / Float(Histogram.bins / 2) - 1)
    }
}
