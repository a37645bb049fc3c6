// An axis of a chart: from numbers to places along it, and where its marks are.
import Glibc
import OcellusTensor

/// Maps `low...high` to 0...1, evenly or by the logarithm.
struct CurveScale {
    let low: Double
    let high: Double
    let isLogarithmic: Bool
    /// Numbers that get a line and a label.
    let marks: [Double]

    /// An even axis from `low` to a round number at or above `high`, or to `high` itself.
    init(low: Double, high: Double, marks count: Int, roundsUp: Bool) {
        let span = max(high - low, 1e-9)
        let step = CurveScale.roundStep(span / Double(count))
        let end = roundsUp ? low + (span / step - 1e-9).rounded(.up) * step : high
        self.low = low
        self.high = end
        isLogarithmic = false
        marks = stride(from: (low / step).rounded(.up) * step, through: end + step * 1e-6, by: step).map { $0 }
    }

    /// A logarithmic axis around these numbers, all above 0, with marks at 1, 2 and 5 times powers of ten. What is not within
    /// 1e-9...5e9 is at its edge.
    init(logarithmic numbers: ClosedRange<Double>) {
        var places: [Double] = []
        for power in -9...9 {
            for digit in [1.0, 2, 5] { places.append(digit * pow(10, Double(power))) }
        }
        let first = min(places.lastIndex { $0 <= numbers.lowerBound } ?? 0, places.count - 2)
        let last = max(places.firstIndex { $0 >= numbers.upperBound } ?? places.count - 1, first + 1)
        low = places[first]
        high = places[last]
        isLogarithmic = true
        // Over many decades only powers of ten.
        let inside = Array(places[first...last])
        marks = inside.count <= 10 ? inside : inside.filter { log10($0).rounded() == log10($0) }
    }

    /// 0 at `low`, 1 at `high`; numbers outside are moved to the edge.
    func place(_ value: Double) -> Double {
        let bounded = min(max(value, low), high)
        guard isLogarithmic else { return (bounded - low) / (high - low) }
        return log(bounded / low) / log(high / low)
    }

    /// 1, 2 or 5 times a power of ten, near `step`.
    private static func roundStep(_ step: Double) -> Double {
        let power = pow(10, log10(step).rounded(.down))
        return [1.0, 2, 5, 10].map { $0 * power }.first { $0 >= step * 0.999 } ?? step
    }

    /// As short as it can be said: 0.05, 2, 12k.
    static func label(_ value: Double) -> String {
        if value >= 10_000, value.truncatingRemainder(dividingBy: 100) == 0 {
            return trimmed(fixedPoint(value / 1000, digits: 1)) + "k"
        }
        return trimmed(fixedPoint(value, digits: 4))
    }

    private static func trimmed(_ text: String) -> String {
        var text = text
        while text.contains("."), text.hasSuffix("0") || text.hasSuffix(".") { text.removeLast() }
        return text.isEmpty ? "0" : text
    }
}
