// Runs a graph in float32. Everything is prepared in `init`: packed weights, places in the arena, scratch.
// `run` allocates nothing. The slow-but-plain definition of each operation is the oracle in the tests.
import CSystem
import OcellusTensor

/// A graph ready to run. One thread at a time; distinct executors are independent.
public final class FloatExecutor {
    public let graph: Graph
    public let plan: MemoryPlan
    public let kernels: KernelSet
    let arena: Buffer<Float>
    private let scratch: Buffer<Float>
    private let steps: [Step]

    /// What is left of an operation when all that can be decided beforehand has been.
    enum Step {
        case nothing
        case convolution(PackedConvolution)
        case transposedConvolution(TransposedConvolutionStep)
        case affine(AffineStep)
        case groupNormalization(GroupNormalizationStep)
        case l2Normalization(L2NormalizationStep)
        case activation(Activation)
        case add
        case multiply
        case pooling(Pooling)
        case upsampling(Upsampling)
        case copy
        case concatenation(Concatenation.Axis)
    }

    /// Throws `.invalidArgument` when a parameter is missing or mis-sized, `.outOfMemory` when memory is short.
    public init(_ graph: Graph, _ parameters: Parameters, kernels: KernelSet = .best) throws(OcellusError) {
        self.graph = graph
        self.kernels = kernels
        plan = MemoryPlan(graph)
        arena = try Buffer(count: plan.count)
        var steps: [Step] = []
        var scratchCount = 0
        for index in graph.nodes.indices {
            let step = try FloatExecutor.prepare(index, graph, plan, parameters, kernels)
            if case .convolution(let packed) = step { scratchCount = max(scratchCount, packed.scratchCount) }
            steps.append(step)
        }
        self.steps = steps
        scratch = try Buffer(count: scratchCount)
    }

    /// Where the caller writes the input, [batch, height, width, channels], before each `run`.
    ///
    /// The memory is reused during a run: write the whole input every time.
    public var input: UnsafeMutablePointer<Float> { pointer(0) }

    /// A node's value after `run`. Only outputs are sure to be there still.
    public func value(of node: Int) -> UnsafePointer<Float> { UnsafePointer(pointer(node)) }

    /// One inference.
    public func run() { run { _, _ in } }

    /// One inference; `observe` is called with each node's index and nanoseconds when its value is there.
    public func run(_ observe: (_ node: Int, _ nanoseconds: UInt64) -> Void) {
        for index in steps.indices {
            let start = ocs_monotonic_nanoseconds()
            perform(index)
            observe(index, ocs_monotonic_nanoseconds() &- start)
        }
    }

    /// Bytes of values, scratch and nothing else.
    public var workingBytes: Int { (arena.count + scratch.count) * 4 }

    /// The kernel that a node runs on, for people; empty when there is nothing to choose.
    public func kernelName(of node: Int) -> String {
        if case .convolution(let packed) = steps[node] { return packed.kernelName }
        return ""
    }

    private static func prepare(
        _ index: Int, _ graph: Graph, _ plan: MemoryPlan, _ parameters: Parameters, _ kernels: KernelSet
    ) throws(OcellusError) -> Step {
        let context = StepContext(index: index, graph: graph, plan: plan, parameters: parameters, kernels: kernels)
        switch graph.nodes[index].operation {
        case .input: return .nothing
        case .convolution(let operation): return try context.prepare(operation)
        case .transposedConvolution(let operation): return try context.prepare(operation)
        case .batchNormalization(let operation): return try context.prepare(operation)
        case .groupNormalization(let operation): return try context.prepare(operation)
        case .l2Normalization(let operation): return try context.prepare(operation)
        case .activation(let operation): return .activation(operation)
        case .add: return .add
        case .multiply: return .multiply
        case .scale(let operation): return try context.prepare(operation)
        case .pooling(let operation): return .pooling(operation)
        case .upsampling(let operation): return .upsampling(operation)
        case .concatenation(let operation): return .concatenation(operation.axis)
        case .rows: return .copy
        }
    }

    private func perform(_ index: Int) {
        let node = graph.nodes[index]
        let output = pointer(index)
        switch steps[index] {
        case .nothing: break
        case .convolution(let packed):
            packed.run(
                input: operand(node, 0), output: output, scratch: scratch.pointer,
                rows: 0..<node.shape.batch &* node.shape.height)
        case .transposedConvolution(let step): step.run(operand(node, 0), output)
        case .affine(let step): step.run(operand(node, 0), output)
        case .groupNormalization(let step): step.run(operand(node, 0), output)
        case .l2Normalization(let step): step.run(operand(node, 0), output)
        case .activation(let activation): activation.run(operand(node, 0), output, node.shape.count)
        case .add: addElements(operand(node, 0), operand(node, 1), output, node.shape.count)
        case .multiply: multiplyElements(operand(node, 0), operand(node, 1), output, node.shape.count)
        case .pooling(let pooling): pooling.run(operand(node, 0), shape(node, 0), output, node.shape)
        case .upsampling(let upsampling): upsampling.run(operand(node, 0), shape(node, 0), output)
        case .copy: copyElements(operand(node, 0), output, node.shape.count)
        case .concatenation(let axis): concatenate(index, axis)
        }
    }

    func pointer(_ node: Int) -> UnsafeMutablePointer<Float> { arena.pointer + plan.places[node].offset }

    func operand(_ node: Node, _ position: Int) -> UnsafePointer<Float> {
        UnsafePointer(pointer(node.inputs[position]))
    }

    private func shape(_ node: Node, _ position: Int) -> Shape { graph.nodes[node.inputs[position]].shape }
}

/// What the preparation of one node may look at.
struct StepContext {
    let index: Int
    let graph: Graph
    let plan: MemoryPlan
    let parameters: Parameters
    let kernels: KernelSet

    var output: Shape { graph.nodes[index].shape }
    var input: Shape { graph.nodes[graph.nodes[index].inputs[0]].shape }

    func values(_ parameter: Int) throws(OcellusError) -> Buffer<Float> {
        try parameters.required(graph.parameters[parameter]).values
    }
}
