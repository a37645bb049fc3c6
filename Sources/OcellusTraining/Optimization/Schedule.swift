// The learning rate as a function of the step. Nothing else: no state, so a resumed run needs only its step.
import Glibc
import OcellusTensor

/// A base rate, a linear warm-up and a shape after it.
public struct Schedule: Sendable, Equatable {
    public enum Shape: Sendable, Equatable {
        case constant
        /// Multiplied by `factor` from each of the steps on.
        case steps(at: [Int], factor: Float = 0.1)
        /// Half a cosine from the base rate at the end of the warm-up to `final` times it at the last step.
        case cosine(final: Float = 0.01)
    }

    public let rate: Float
    public let warmUp: Int
    public let steps: Int
    public let shape: Shape

    /// - Parameters:
    ///   - rate: the rate after the warm-up.
    ///   - warmUp: steps over which the rate rises in equal parts to `rate`.
    ///   - steps: how many steps the run has, warm-up included.
    ///
    /// Throws `.invalidArgument` for a rate that is not above 0 and finite, counts below 0, a warm-up longer than the
    /// run, factors outside 0...1.
    public init(rate: Float, warmUp: Int = 0, steps: Int, shape: Shape = .constant) throws(OcellusError) {
        guard rate > 0, rate.isFinite else {
            throw OcellusError(.invalidArgument, "a learning rate of \(rate): must be above 0 and finite")
        }
        guard steps > 0, 0...steps ~= warmUp else {
            throw OcellusError(
                .invalidArgument, "\(warmUp) steps of warm-up in a run of \(steps) steps: expected 0 to all of them")
        }
        let factor: Float
        switch shape {
        case .constant: factor = 1
        case .steps(_, let each): factor = each
        case .cosine(let final): factor = final
        }
        guard 0...1 ~= factor else {
            throw OcellusError(.invalidArgument, "a schedule that ends at \(factor) of its rate: must be 0 to 1")
        }
        self.rate = rate
        self.warmUp = warmUp
        self.steps = steps
        self.shape = shape
    }

    /// The rate of step 0, 1, ...; the last step's rate from there on.
    public func rate(at step: Int) -> Float {
        if step < warmUp { return rate * Float(max(step, 0) + 1) / Float(warmUp) }  // (17)
        switch shape {
        case .constant: return rate
        case .steps(let places, let factor):
            var result = rate
            for place in places where step >= place { result *= factor }
            return result
        case .cosine(let final):
            let span = max(steps - 1 - warmUp, 1)
            let place = Double(min(step - warmUp, span)) / Double(span)
            let share = 0.5 * (1 + cos(.pi * place))
            return rate * Float(Double(final) + (1 - Double(final)) * share)  // (18)
        }
    }
}
