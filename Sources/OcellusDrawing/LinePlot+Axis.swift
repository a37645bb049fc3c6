// One axis of a plot: where a value lies, and which round numbers stand beside it.
import Glibc
import OcellusTensor

extension LinePlot {
    struct Axis {
        let range: ClosedRange<Double>
        /// Pixels at both ends; an axis may run backwards.
        let from: Float
        let to: Float

        /// The distance of ticks: 1, 2 or 5 times a power of ten, four to ten of them.
        var step: Double {
            let rough = max((range.upperBound - range.lowerBound) / 6, .leastNormalMagnitude)
            let power = pow(10, floor(log10(rough)))
            let digit = rough / power
            return power * (digit < 1.5 ? 1 : digit < 3.5 ? 2 : digit < 7.5 ? 5 : 10)
        }

        var ticks: [Double] {
            let first = (range.lowerBound / step - 1e-6).rounded(.up)
            return (0..<20).map { (first + Double($0)) * step }
                .prefix { $0 <= range.upperBound + step * 1e-6 }.map { $0 }
        }

        /// Values outside the range lie at its ends.
        func place(_ value: Double) -> Float {
            let length = range.upperBound - range.lowerBound
            let share = length > 0 ? (value - range.lowerBound) / length : 0
            return from + (to - from) * Float(min(max(share, 0), 1))
        }

        /// As many digits behind the point as the step needs.
        static func text(_ value: Double, step: Double) -> String {
            let digits = max(0, min(8, Int(-floor(log10(step) + 1e-9))))
            return fixedPoint(abs(value) < step * 1e-6 ? 0 : value, digits: digits)
        }
    }
}
