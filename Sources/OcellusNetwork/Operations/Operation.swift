// The closed list of what a network can do. Executors switch over it without `default`, so a new operation is a
// compile error in each of them until it is handled. Softmax, decoding and losses are not operations.
import OcellusTensor

/// One step of a network. Tensors are NHWC; parameters are indices into `Graph.parameters`.
public enum Operation: Sendable {
    case input
    case convolution(Convolution)
    case transposedConvolution(TransposedConvolution)
    case batchNormalization(BatchNormalization)
    case groupNormalization(GroupNormalization)
    case l2Normalization(L2Normalization)
    case activation(Activation)
    /// Elementwise sum of two tensors of one shape.
    case add
    /// Elementwise product of two tensors of one shape.
    case multiply
    case scale(Scale)
    case pooling(Pooling)
    case upsampling(Upsampling)
    case concatenation(Concatenation)
    case rows(Rows)
}

extension Operation {
    /// The shape that comes out, or `.invalidArgument` that says which rule the inputs break.
    func outputShape(_ inputs: [Shape]) throws(OcellusError) -> Shape {
        switch self {
        case .input:
            throw OcellusError(.invalidArgument, "an input has no operands to take its shape from")
        case .convolution(let operation): return try operation.outputShape(inputs)
        case .transposedConvolution(let operation): return try operation.outputShape(inputs)
        case .batchNormalization, .groupNormalization, .l2Normalization, .activation, .scale:
            return try only(inputs)
        case .add, .multiply: return try sameShape(inputs)
        case .pooling(let operation): return try operation.outputShape(inputs)
        case .upsampling(let operation): return try operation.outputShape(inputs)
        case .concatenation(let operation): return try operation.outputShape(inputs)
        case .rows(let operation): return try operation.outputShape(inputs)
        }
    }

    /// Multiply-accumulates of matrix-like work; elementwise operations count none.
    public func multiplyAccumulates(inputs: [Shape], output: Shape) -> Int {
        switch self {
        case .convolution(let operation): return operation.multiplyAccumulates(input: inputs[0], output: output)
        case .transposedConvolution(let operation):
            return operation.multiplyAccumulates(input: inputs[0], output: output)
        case .input, .batchNormalization, .groupNormalization, .l2Normalization, .activation, .add, .multiply, .scale,
            .pooling, .upsampling, .concatenation, .rows:
            return 0
        }
    }

    /// Indices of the parameters it reads.
    public var parameters: [Int] {
        switch self {
        case .convolution(let operation): return [operation.weight] + (operation.bias.map { [$0] } ?? [])
        case .transposedConvolution(let operation): return [operation.weight] + (operation.bias.map { [$0] } ?? [])
        case .batchNormalization(let operation):
            return [operation.scale, operation.shift, operation.mean, operation.variance]
        case .groupNormalization(let operation): return [operation.scale, operation.shift]
        case .l2Normalization(let operation): return [operation.scale]
        case .scale(let operation): return [operation.factor]
        case .input, .activation, .add, .multiply, .pooling, .upsampling, .concatenation, .rows: return []
        }
    }

    /// The operation's name as a person reads it in a table of layers.
    public var title: String {
        switch self {
        case .input: return "input"
        case .convolution(let operation): return operation.title
        case .transposedConvolution: return "transposed convolution"
        case .batchNormalization: return "batch normalization"
        case .groupNormalization: return "group normalization"
        case .l2Normalization: return "L2 normalization"
        case .activation(let operation): return operation.title
        case .add: return "add"
        case .multiply: return "multiply"
        case .scale: return "scale"
        case .pooling(let operation): return operation.kind == .maximum ? "max pooling" : "average pooling"
        case .upsampling: return "nearest upsampling"
        case .concatenation: return "concatenation"
        case .rows: return "rows"
        }
    }
}

/// The shape of the one operand that an operation of one operand has.
func only(_ inputs: [Shape]) throws(OcellusError) -> Shape {
    guard inputs.count == 1 else {
        throw OcellusError(.invalidArgument, "expected one operand, found \(inputs.count)")
    }
    return inputs[0]
}
