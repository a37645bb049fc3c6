// Operations that work on one element at a time.
import OcellusTensor

/// A nonlinearity.
public enum Activation: Sendable, Equatable {
    case relu
    /// min(max(x, 0), 6)
    case relu6
    /// x where x > 0, slope * x elsewhere
    case leakyReLU(slope: Float)
    case sigmoid
    case exponential

    /// Piecewise linear activations can be fused into the convolution in front of them.
    public var isFusable: Bool {
        switch self {
        case .relu, .relu6, .leakyReLU: return true
        case .sigmoid, .exponential: return false
        }
    }

    public var title: String {
        switch self {
        case .relu: return "ReLU"
        case .relu6: return "ReLU6"
        case .leakyReLU: return "leaky ReLU"
        case .sigmoid: return "sigmoid"
        case .exponential: return "exp"
        }
    }
}

/// x * factor, where factor [channels] or [1] is learned (FCOS, arXiv 1904.01355).
public struct Scale: Sendable {
    public var factor: Int
}

/// The shape that two operands share.
func sameShape(_ inputs: [Shape]) throws(OcellusError) -> Shape {
    guard inputs.count == 2, inputs[0] == inputs[1] else {
        let found = inputs.count == 2 ? "\(inputs[0]) and \(inputs[1])" : "\(inputs.count) operands"
        throw OcellusError(.invalidArgument, "expected two operands of one shape, found \(found)")
    }
    return inputs[0]
}
