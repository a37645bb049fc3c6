// Stochastic gradient descent with momentum. Numbers as in docs/training.md.
import CTrainingKernels
import OcellusNetwork
import OcellusTensor

/// Momentum keeps a decaying sum of gradients; Nesterov looks one step ahead along it.
public final class SGD: Optimizer {
    public let parameters: [TrainableParameter]
    public let momentum: Float
    /// On weights only.
    public let decay: Float
    public let isNesterov: Bool
    private var momenta: ParameterState

    /// Throws `.invalidArgument` for a momentum outside 0..<1 or a decay below 0 or not finite.
    public convenience init(
        _ parameters: [TrainableParameter], momentum: Float = 0.9, decay: Float = 5e-4, isNesterov: Bool = false
    ) throws(OcellusError) {
        guard 0..<1 ~= momentum, decay >= 0, decay.isFinite else {
            throw OcellusError(
                .invalidArgument,
                "momentum \(momentum) and weight decay \(decay): expected 0 or more and below 1, and 0 or more")
        }
        self.init(checked: parameters, momentum, decay, isNesterov)
    }

    private init(checked parameters: [TrainableParameter], _ momentum: Float, _ decay: Float, _ isNesterov: Bool) {
        self.parameters = parameters
        self.momentum = momentum
        self.decay = decay
        self.isNesterov = isNesterov
        momenta = ParameterState("momentum", parameters)
    }

    public func step(rate: Float) throws(OcellusError) {
        for (index, parameter) in parameters.enumerated() where parameter.rateFactor != 0 {
            let array = try momenta.made(index)
            otk_sgd(  // (14)
                parameter.values.pointer, parameter.gradient.pointer, array.pointer, array.count,
                rate * parameter.rateFactor, momentum, parameter.decays ? decay : 0, isNesterov ? 1 : 0)
        }
    }

    public var state: [NamedValues] { momenta.named }

    public func prepareState(_ names: [Name]) throws(OcellusError) {
        momenta.clear()
        for name in names {
            guard try momenta.prepare(name) else { throw ParameterState.unknown(name) }
        }
    }
}
