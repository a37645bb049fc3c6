// Convolution: forwards the kernels of inference, backwards three sums. With Y = W * X:
// dX = W turned around * dY, dW = dY^T X over all positions, dbias = sum of dY over all positions.
import CTrainingKernels
import OcellusNetwork
import OcellusTensor

/// Dense, grouped and depthwise, with the activation that folding may have put behind it.
final class ConvolutionStep: DifferentiableStep {
    private let node: Int
    private let input: Int
    private let operation: Convolution
    private let shape: Shape
    private let store: ParameterStore
    private let weights: SimulatedWeights
    private let forwards: PackedConvolution
    private let clamp: otk_clamp
    private let biasSums: ColumnSums?
    private let weightGradient: WeightGradient?
    private let inputGradient: InputGradient?
    let scratchCount: Int

    init(_ maker: StepMaker, _ index: Int, _ operation: Convolution) throws(OcellusError) {
        let (store, input, shape) = (maker.store, maker.graph.nodes[index].inputs[0], maker.shape(index))
        node = index
        self.input = input
        self.operation = operation
        self.shape = shape
        self.store = store
        guard let clamp = otk_clamp(operation.activation) else {
            throw OcellusError(.unsupported, "a convolution cannot be computed together with a curved activation")
        }
        self.clamp = clamp
        let geometry = ConvolutionGeometry(
            input: maker.shape(input), output: shape, kernelHeight: operation.kernelHeight,
            kernelWidth: operation.kernelWidth, strideHeight: operation.stride, strideWidth: operation.stride,
            dilationHeight: operation.dilation, dilationWidth: operation.dilation,
            paddingTop: operation.padding.top, paddingLeft: operation.padding.left, groups: operation.groups)
        let values = store.values(operation.weight)
        weights = try SimulatedWeights(
            values, outputChannels: shape.channels, simulation: maker.settings.simulation, readsPicture: input == 0)
        let bias = operation.bias.map { store.values($0) }
        forwards = try PackedConvolution(
            geometry, weights: values.pointer, bias: bias.map { UnsafePointer($0.pointer) },
            clamp: OutputClamp(operation.activation))
        let isBiasTrained = operation.bias.map { store.isTrained($0) } ?? false
        biasSums = isBiasTrained ? try ColumnSums(shape) : nil
        let trained = store.gradient(operation.weight)
        weightGradient = try trained.map { gradient throws(OcellusError) in
            try WeightGradient(geometry, gradient, threads: maker.settings.threads)
        }
        inputGradient =
            maker.plan.needsGradient[input] && maker.plan.needsGradient[index] ? try InputGradient(geometry) : nil
        scratchCount = max(
            forwards.scratchCount, weightGradient?.scratchCount ?? 0, inputGradient?.scratchCount ?? 0)
    }

    func forward(_ memory: DifferentiatorMemory) {
        let bias = operation.bias.map { UnsafePointer(store.values($0).pointer) }
        forwards.pack(weights: weights.refreshed(), bias: bias)
        forwards.run(memory, from: memory.value(input), to: memory.value(node))
    }

    /// With the weights of the latest forward pass: they change after the way back.
    func recompute(_ memory: DifferentiatorMemory) { forward(memory) }

    func backward(_ memory: DifferentiatorMemory) {
        guard memory.gradientPlace(node) != nil else { return }
        let gradient = memory.gradient(node)
        if operation.activation != nil {
            let y = memory.value(node)
            memory.forEachPart(of: shape.count) { part in
                otk_clamp_backward(gradient + part.lowerBound, y + part.lowerBound, part.count, clamp)
            }
        }
        if let biasSums, let index = operation.bias, let target = store.gradient(index) {
            biasSums.sums(gradient, memory.pool, into: target)
        }
        weightGradient?.compute(memory, x: memory.value(input), gradient: gradient)
        if let inputGradient {
            memory.contribute(to: input) {
                inputGradient.compute(memory, weights: weights.current, gradient: gradient, into: $0)
            }
        }
    }
}

extension PackedConvolution {
    /// All rows, shared among the threads.
    func run(
        _ memory: DifferentiatorMemory, from x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>
    ) {
        memory.pool.run(rows: geometry.output.batch * geometry.output.height) { part, worker in
            run(input: x, output: y, scratch: memory.scratch(worker), rows: part)
        }
    }
}
