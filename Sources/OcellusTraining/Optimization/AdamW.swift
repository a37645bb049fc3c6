// Adam with decoupled weight decay (arXiv 1711.05101). Numbers as in docs/training.md.
import CTrainingKernels
import Glibc
import OcellusNetwork
import OcellusTensor

/// Each number has a step of its own, from running means of its gradient and of the gradient's square.
public final class AdamW: Optimizer {
    public let parameters: [TrainableParameter]
    public let beta1: Float
    public let beta2: Float
    public let epsilon: Float
    /// On weights only, apart from the gradient.
    public let decay: Float
    private var first: ParameterState
    private var second: ParameterState
    /// One number a parameter: how many steps it has taken. Thawed parameters start at 0.
    private var steps: ParameterState

    /// Throws `.invalidArgument` for betas outside 0..<1, an epsilon that is not above 0, a decay below 0.
    public convenience init(
        _ parameters: [TrainableParameter], beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8,
        decay: Float = 0.01
    ) throws(OcellusError) {
        guard 0..<1 ~= beta1, 0..<1 ~= beta2, epsilon > 0, epsilon.isFinite, decay >= 0, decay.isFinite else {
            throw OcellusError(
                .invalidArgument,
                "AdamW with betas \(beta1) and \(beta2), epsilon \(epsilon) and decay \(decay): expected betas of 0 or "
                    + "more and below 1, an epsilon above 0 and a decay of at least 0")
        }
        self.init(checked: parameters, beta1, beta2, epsilon, decay)
    }

    private init(
        checked parameters: [TrainableParameter], _ beta1: Float, _ beta2: Float, _ epsilon: Float, _ decay: Float
    ) {
        self.parameters = parameters
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.decay = decay
        first = ParameterState("moment1", parameters)
        second = ParameterState("moment2", parameters)
        steps = ParameterState("steps", parameters)
    }

    public func step(rate: Float) throws(OcellusError) {
        for (index, parameter) in parameters.enumerated() where parameter.rateFactor != 0 {
            let (m, v) = (try first.made(index), try second.made(index))
            let count = try steps.made(index, count: 1)
            count.pointer[0] += 1
            let taken = Double(count.pointer[0])
            let own = rate * parameter.rateFactor
            var settings = otk_adam(  // (15), (16)
                beta1: beta1, beta2: beta2, epsilon: epsilon,
                step: Float(Double(own) / (1 - pow(Double(beta1), taken))),
                root_scale: Float(1 / (1 - pow(Double(beta2), taken)).squareRoot()),
                shrink: parameter.decays ? 1 - own * decay : 1)
            otk_adamw(
                parameter.values.pointer, parameter.gradient.pointer, m.pointer, v.pointer, m.count, &settings)
        }
    }

    public var state: [NamedValues] { first.named + second.named + steps.named }

    public func prepareState(_ names: [Name]) throws(OcellusError) {
        first.clear()
        second.clear()
        steps.clear()
        for name in names {
            if try first.prepare(name) { continue }
            if try second.prepare(name) { continue }
            guard try steps.prepare(name, count: 1) else { throw ParameterState.unknown(name) }
        }
    }
}
