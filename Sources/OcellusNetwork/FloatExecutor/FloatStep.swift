// One prepared operation in float32. The integer executor runs its float islands through the same steps.
import OcellusTensor

/// What is left of an operation when all that can be decided beforehand has been.
package indirect enum FloatStep {
    case input
    case convolution(PackedConvolution)
    case transposedConvolution(TransposedConvolutionStep)
    case affine(AffineStep)
    case groupNormalization(GroupNormalizationStep)
    case l2Normalization(L2NormalizationStep)
    case activation(Activation, count: Int)
    case add(count: Int)
    case multiply(count: Int)
    case pooling(Pooling, input: Shape, output: Shape)
    case upsampling(Upsampling, input: Shape)
    case copy(count: Int)
    /// Done by the executor, which knows where all the operands are.
    case concatenation(Concatenation.Axis)

    /// Runs on one or two operands; with one, `b` is not looked at.
    package func run(
        _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>,
        _ scratch: UnsafeMutablePointer<Float>
    ) {
        switch self {
        case .input, .concatenation: break
        case .convolution(let packed):
            packed.run(input: a, output: y, scratch: scratch, scratchStride: 0, pool: nil)
        case .transposedConvolution(let step): step.run(a, y)
        case .affine(let step): step.run(a, y)
        case .groupNormalization(let step): step.run(a, y)
        case .l2Normalization(let step): step.run(a, y)
        case .activation(let activation, let count): activation.run(a, y, count)
        case .add(let count): addElements(a, b, y, count)
        case .multiply(let count): multiplyElements(a, b, y, count)
        case .pooling(let pooling, let input, let output): pooling.run(a, input, y, output)
        case .upsampling(let upsampling, let input): upsampling.run(a, input, y)
        case .copy(let count): copyElements(a, y, count)
        }
    }

    /// Floats of scratch that `run` needs.
    package var scratchCount: Int {
        if case .convolution(let packed) = self { return packed.scratchCount }
        return 0
    }

    var kernelName: String {
        if case .convolution(let packed) = self { return packed.kernelName }
        return ""
    }
}

/// What the preparation of one node may look at.
package struct StepContext {
    let index: Int
    let graph: Graph
    let plan: MemoryPlan
    let parameters: Parameters
    let kernels: KernelSet

    package init(index: Int, graph: Graph, plan: MemoryPlan, parameters: Parameters, kernels: KernelSet) {
        self.index = index
        self.graph = graph
        self.plan = plan
        self.parameters = parameters
        self.kernels = kernels
    }

    var output: Shape { graph.nodes[index].shape }
    var input: Shape { graph.nodes[graph.nodes[index].inputs[0]].shape }

    func values(_ parameter: Int) throws(OcellusError) -> Buffer<Float> {
        try parameters.required(graph.parameters[parameter]).values
    }

    package func prepare() throws(OcellusError) -> FloatStep {
        switch graph.nodes[index].operation {
        case .input: return .input
        case .convolution(let operation): return try prepare(operation)
        case .transposedConvolution(let operation): return try prepare(operation)
        case .batchNormalization(let operation): return try prepare(operation)
        case .groupNormalization(let operation): return try prepare(operation)
        case .l2Normalization(let operation): return try prepare(operation)
        case .activation(let operation): return .activation(operation, count: output.count)
        case .add: return .add(count: output.count)
        case .multiply: return .multiply(count: output.count)
        case .scale(let operation): return try prepare(operation)
        case .pooling(let operation): return .pooling(operation, input: input, output: output)
        case .upsampling(let operation): return .upsampling(operation, input: input)
        case .concatenation(let operation): return .concatenation(operation.axis)
        case .rows: return .copy(count: output.count)
        }
    }
}
