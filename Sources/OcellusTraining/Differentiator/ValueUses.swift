// Who needs which value and gradient of a network, forwards and on the way back. How long each then lives, and where, is
// DifferentiatorLayout.
import OcellusNetwork

/// What follows from the graph and from what is trained alone.
struct ValueUses {
    let graph: Graph
    let store: ParameterStore
    let settings: Differentiator.Settings
    /// By node: those that read its value.
    let readers: [[Int]]
    let outputs: Set<Int>
    /// Whether something trained lies at or before a node.
    let needsGradient: [Bool]
    /// By an activation: the batch normalisation before it that is computed together with it.
    let fused: [Int: Int]
    /// Whose memory each value is: reshapes are their operands, fused normalisations have none.
    let valueHomes: [Int?]
    /// Whose memory each gradient is: steps that change a gradient element by element do it in place.
    let gradientHomes: [Int]

    init(_ graph: Graph, _ store: ParameterStore, _ settings: Differentiator.Settings) {
        self.graph = graph
        self.store = store
        self.settings = settings
        let size = graph.nodes.count
        var readers = [[Int]](repeating: [], count: size)
        var needsGradient = [Bool](repeating: false, count: size)
        for (index, node) in graph.nodes.enumerated() {
            needsGradient[index] =
                node.operation.parameters.contains { store.isTrained($0) }
                || node.inputs.contains { needsGradient[$0] }
            for input in node.inputs { readers[input].append(index) }
        }
        let outputs = Set(graph.outputs.map(\.node))
        var fused: [Int: Int] = [:]
        for (index, node) in graph.nodes.enumerated() {
            guard case .batchNormalization = node.operation, readers[index].count == 1, !outputs.contains(index),
                case .activation(let activation) = graph.nodes[readers[index][0]].operation, activation.isFusable
            else { continue }
            fused[readers[index][0]] = index
        }
        let hidden = Set(fused.values)
        var values = [Int?](repeating: nil, count: size)
        var gradients = Array(graph.nodes.indices)
        for (index, node) in graph.nodes.enumerated() {
            if !hidden.contains(index) {
                values[index] = index
                if case .rows = node.operation { values[index] = values[node.inputs[0]] }
            }
            if node.operation.changesGradientInPlace, readers[node.inputs[0]].count == 1,
                !outputs.contains(node.inputs[0])
            {
                gradients[index] = gradients[node.inputs[0]]
            }
        }
        self.readers = readers
        self.outputs = outputs
        self.needsGradient = needsGradient
        self.fused = fused
        valueHomes = values
        gradientHomes = gradients
    }

    /// Nodes whose values the backward step of a node reads.
    func neededBackwards(_ index: Int) -> [Int] {
        let node = graph.nodes[index]
        let own = settings.simulation?.rounds(index, node) == true ? [index] : []
        return own + neededByOperation(index)
    }

    /// Nodes whose values are read when a node's own is computed.
    func neededForwards(_ index: Int) -> [Int] { graph.nodes[fused[index] ?? index].inputs }

    private func neededByOperation(_ index: Int) -> [Int] {
        let node = graph.nodes[index]
        switch node.operation {
        case .convolution(let operation):
            return (store.isTrained(operation.weight) ? [node.inputs[0]] : [])
                + (operation.activation != nil ? [index] : [])
        case .transposedConvolution, .batchNormalization, .groupNormalization, .l2Normalization, .scale:
            return [node.inputs[0]]
        case .activation: return fused[index].map { [graph.nodes[$0].inputs[0]] } ?? [index]
        case .multiply: return node.inputs
        case .pooling(let operation): return operation.kind == .maximum ? [node.inputs[0], index] : []
        case .input, .add, .concatenation, .upsampling, .rows: return []
        }
    }
}

extension Operation {
    /// Whether the gradient of the operand takes the place of its own.
    fileprivate var changesGradientInPlace: Bool {
        switch self {
        case .batchNormalization, .activation, .rows: return true
        case .input, .convolution, .transposedConvolution, .groupNormalization, .l2Normalization, .add, .multiply,
            .scale, .pooling, .upsampling, .concatenation:
            return false
        }
    }
}
