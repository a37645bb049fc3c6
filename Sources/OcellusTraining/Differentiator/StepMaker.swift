// From an operation of the graph to the step that computes and differentiates it.
import OcellusNetwork
import OcellusTensor

/// What the preparation of a step may look at.
struct StepMaker {
    let graph: Graph
    let plan: DifferentiatorPlan
    let store: ParameterStore
    let settings: Differentiator.Settings

    func step(_ index: Int) throws(OcellusError) -> any DifferentiableStep {
        let step = try operationStep(index)
        guard let simulation = settings.simulation, simulation.rounds(index, graph.nodes[index]),
            let grid = simulation.grids[index]
        else { return step }
        return RoundingStep(node: index, count: graph.nodes[index].shape.count, grid: grid, step: step)
    }

    /// Without `default`: a new operation does not compile until it can be differentiated.
    private func operationStep(_ index: Int) throws(OcellusError) -> any DifferentiableStep {
        let node = graph.nodes[index]
        switch node.operation {
        case .input: return NothingStep()
        case .convolution(let operation): return try ConvolutionStep(self, index, operation)
        case .transposedConvolution(let operation): return TransposedConvolutionStep(self, index, operation)
        case .batchNormalization(let operation):
            if plan.fusedNormalization.values.contains(index) { return NothingStep() }
            return try BatchNormalizationStep(self, normalization: index, output: index, operation, nil)
        case .groupNormalization(let operation): return GroupNormalizationStep(self, index, operation)
        case .l2Normalization(let operation): return L2NormalizationStep(self, index, operation)
        case .activation(let activation):
            if let normalization = plan.fusedNormalization[index],
                case .batchNormalization(let operation) = graph.nodes[normalization].operation
            {
                return try BatchNormalizationStep(
                    self, normalization: normalization, output: index, operation, activation)
            }
            return ActivationStep(node: index, input: node.inputs[0], count: node.shape.count, activation: activation)
        case .add:
            return AddStep(node: index, inputs: node.inputs, count: node.shape.count)
        case .multiply: return MultiplyStep(node: index, inputs: node.inputs, count: node.shape.count)
        case .scale(let operation): return ScaleStep(self, index, operation)
        case .pooling(let operation):
            return PoolingStep(
                node: index, input: node.inputs[0], inputShape: shape(node.inputs[0]), shape: node.shape,
                pooling: operation)
        case .upsampling:
            return UpsamplingStep(
                node: index, input: node.inputs[0], inputShape: shape(node.inputs[0]), shape: node.shape)
        case .concatenation(let operation):
            return ConcatenationStep(
                node: index, inputs: node.inputs, shapes: node.inputs.map(shape), shape: node.shape,
                axis: operation.axis)
        case .rows: return RowsStep(node: index, input: node.inputs[0], count: node.shape.count)
        }
    }

    func shape(_ node: Int) -> Shape { graph.nodes[node].shape }
}

/// An input, or what another step does along.
struct NothingStep: DifferentiableStep {
    func forward(_ memory: DifferentiatorMemory) {}
    func backward(_ memory: DifferentiatorMemory) {}
}
