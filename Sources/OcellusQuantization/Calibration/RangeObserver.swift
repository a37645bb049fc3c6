// Watches the values of one node over many pictures and says which range is worth representing.
import OcellusTensor

/// How a range is chosen from what was seen.
public enum CalibrationMethod: Sendable, Equatable {
    /// All that was seen.
    case minMax
    /// A running average of each picture's ends: an outlier in one picture fades. `momentum`, 0..<1, is what stays.
    case movingAverage(momentum: Float)
    /// The part that holds this share of the values on each side, such as 0.9999; above 0.5, at most 1.
    case percentile(Double)
    /// The range with the smallest squared error, rounding and cutting taken together.
    case meanSquaredError

    func validate() throws(OcellusError) {
        switch self {
        case .movingAverage(let momentum):
            guard momentum >= 0, momentum < 1 else {
                throw OcellusError(.invalidArgument, "a momentum of \(momentum): must be 0 to below 1")
            }
        case .percentile(let share):
            guard share > 0.5, share <= 1 else {
                throw OcellusError(.invalidArgument, "a share of \(share): must be above 0.5 and at most 1")
            }
        case .minMax, .meanSquaredError: break
        }
    }
}

/// Ends and, where the method needs it, a histogram.
final class RangeObserver {
    private let method: CalibrationMethod
    private var range = ValueRange.empty
    private var histogram: Histogram?

    init(_ method: CalibrationMethod) {
        self.method = method
        switch method {
        case .minMax, .movingAverage: histogram = nil
        case .percentile, .meanSquaredError: histogram = Histogram()
        }
    }

    /// - Parameter stride: elements between neighbouring positions.
    func observe(_ values: UnsafePointer<Float>, _ shape: Shape, stride: Int) {
        var seen = ValueRange.empty
        for position in 0..<shape.positions {
            for channel in 0..<shape.channels {
                let value = values[position &* stride &+ channel]
                seen.minimum = min(seen.minimum, value)
                seen.maximum = max(seen.maximum, value)
            }
        }
        histogram?.add(values, shape, stride: stride, largest: max(abs(seen.minimum), abs(seen.maximum)))
        guard case .movingAverage(let momentum) = method, range != .empty else {
            range = range.union(seen)
            return
        }
        range.minimum += (seen.minimum - range.minimum) * (1 - momentum)
        range.maximum += (seen.maximum - range.maximum) * (1 - momentum)
    }

    var result: ValueRange {
        guard let histogram, range != .empty else { return range }
        switch method {
        case .minMax, .movingAverage: return range
        case .percentile(let share): return histogram.range(holding: share, within: range)
        case .meanSquaredError: return histogram.bestRange(within: range)
        }
    }
}
