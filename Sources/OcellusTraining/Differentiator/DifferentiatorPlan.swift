// Which values and gradients exist, how long they live, and where they lie in one block of memory.
import OcellusNetwork
import OcellusTensor

/// Time runs through the nodes forwards, stands still for the loss, and runs back: node i is computed at i and
/// differentiated at 2n - i. A value that no backward step needs dies with its last reader.
struct DifferentiatorPlan {
    let graph: Graph
    let store: ParameterStore
    /// Whether something trained lies at or before a node.
    let needsGradient: [Bool]
    /// A batch normalisation whose one reader is a fusable activation is computed together with it, at the reader: it
    /// has no value of its own. By the activation's index: the normalisation's.
    let fusedNormalization: [Int: Int]
    /// Normalised values are not kept for the way back but computed anew when the first step there reads them: one pass
    /// over memory each, for half of all values. By the index of that step.
    let recomputed: [Int: [Int]]
    /// Offsets in floats; nil for what does not exist.
    private(set) var valueOffsets: [Int?]
    /// Where a recomputed value lies on the way back.
    private(set) var backwardOffsets: [Int: Int] = [:]
    private(set) var gradientOffsets: [Int?]
    private(set) var count = 0
    private let readers: [[Int]]
    private let keptValues: Set<Int>

    init(_ graph: Graph, _ store: ParameterStore, _ settings: Differentiator.Settings) {
        self.graph = graph
        self.store = store
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
        self.readers = readers
        self.needsGradient = needsGradient
        fusedNormalization = fused
        valueOffsets = [Int?](repeating: nil, count: size)
        gradientOffsets = [Int?](repeating: nil, count: size)

        let values = DifferentiatorPlan.valueHomes(graph, Set(fused.values))
        let gradients = DifferentiatorPlan.gradientHomes(graph, readers, outputs, Set(fused.values))
        var lives: [Life] = []
        var kept: Set<Int> = []
        let late = DifferentiatorPlan.recomputable(graph, settings, outputs, Set(fused.values))
        var recomputed: [Int: [Int]] = [:]
        var lifeOfRecomputed: [Int: Int] = [:]
        var lifeOfValue: [Int: Int] = [:]
        var lifeOfGradient: [Int: Int] = [:]
        for (index, node) in graph.nodes.enumerated() {
            if let home = values[index] {
                if lifeOfValue[home] == nil {
                    lifeOfValue[home] = lives.count
                    lives.append(Life(count: graph.nodes[home].shape.count, first: home, last: home))
                }
                if outputs.contains(index) {
                    lives[lifeOfValue[home]!].last = max(lives[lifeOfValue[home]!].last, size)
                }
            }
            for input in node.inputs {
                guard let home = values[input], let life = lifeOfValue[home] else { continue }
                lives[life].last = max(lives[life].last, index)
            }
            guard needsGradient[index] else { continue }
            for needed in DifferentiatorPlan.neededBackwards(graph, index, store, fused, settings) {
                guard let home = values[needed], let life = lifeOfValue[home] else { continue }
                if late.contains(home) {
                    // Nodes come in ascending order, and the last one is the first on the way back.
                    if let again = lifeOfRecomputed[home] {
                        lives[again].first = 2 * size - index
                    } else {
                        lifeOfRecomputed[home] = lives.count
                        lives.append(
                            Life(
                                count: graph.nodes[home].shape.count, first: 2 * size - index, last: 2 * size - index))
                    }
                    continue
                }
                lives[life].last = max(lives[life].last, 2 * size - index)
                kept.insert(home)
            }
            let home = gradients[index]
            let born = outputs.contains(index) ? size : 2 * size - (readers[index].last ?? index)
            if let life = lifeOfGradient[home] {
                lives[life].first = min(lives[life].first, born)
                lives[life].last = max(lives[life].last, 2 * size - index)
            } else {
                lifeOfGradient[home] = lives.count
                lives.append(Life(count: graph.nodes[home].shape.count, first: born, last: 2 * size - index))
            }
        }
        for index in graph.nodes.indices where outputs.contains(index) {
            if let home = values[index] { kept.insert(home) }
        }
        keptValues = kept
        for (home, life) in lifeOfRecomputed { recomputed[2 * size - lives[life].first, default: []].append(home) }
        self.recomputed = recomputed
        count = Life.pack(&lives)
        for (home, life) in lifeOfRecomputed { backwardOffsets[home] = lives[life].offset }
        for index in graph.nodes.indices {
            if let home = values[index], let life = lifeOfValue[home] { valueOffsets[index] = lives[life].offset }
            if needsGradient[index], let life = lifeOfGradient[gradients[index]] {
                gradientOffsets[index] = lives[life].offset
            }
        }
    }

    /// Whether a node's value is still there after `forward`.
    func keepsValue(_ node: Int) -> Bool { keptValues.contains(node) }

    /// Whether two nodes' gradients are one place.
    func sharesGradient(_ first: Int, _ second: Int) -> Bool { gradientOffsets[first] == gradientOffsets[second] }

    /// Largest gradient that a step may have to add to another one's or to the loss's.
    var largestSharedGradient: Int {
        var largest = 0
        for (index, uses) in graph.useCounts.enumerated() where needsGradient[index] && uses > 1 {
            largest = max(largest, graph.nodes[index].shape.count)
        }
        return largest
    }

    /// Values of batch normalisations and of activations computed together with one.
    private static func recomputable(
        _ graph: Graph, _ settings: Differentiator.Settings, _ outputs: Set<Int>, _ fused: Set<Int>
    ) -> Set<Int> {
        // Rounded values come from another step than the one that would compute them anew.
        guard settings.simulation == nil else { return [] }
        var result: Set<Int> = []
        for (index, node) in graph.nodes.enumerated() where !outputs.contains(index) {
            switch node.operation {
            case .batchNormalization where !fused.contains(index): result.insert(index)
            case .activation where fused.contains(node.inputs[0]): result.insert(index)
            default: break
            }
        }
        return result
    }

    /// Whose memory each value is: reshapes are their operands, fused normalisations have none.
    private static func valueHomes(_ graph: Graph, _ fused: Set<Int>) -> [Int?] {
        var homes = [Int?](repeating: nil, count: graph.nodes.count)
        for (index, node) in graph.nodes.enumerated() where !fused.contains(index) {
            homes[index] = index
            if case .rows = node.operation { homes[index] = homes[node.inputs[0]] }
        }
        return homes
    }

    /// Whose memory each gradient is: steps that change a gradient element by element do it in place.
    private static func gradientHomes(
        _ graph: Graph, _ readers: [[Int]], _ outputs: Set<Int>, _ fused: Set<Int>
    ) -> [Int] {
        var homes = Array(graph.nodes.indices)
        for (index, node) in graph.nodes.enumerated() {
            let isInPlace: Bool
            switch node.operation {
            case .batchNormalization, .activation, .rows: isInPlace = true
            case .input, .convolution, .transposedConvolution, .groupNormalization, .l2Normalization, .add, .multiply,
                .scale, .pooling, .upsampling, .concatenation:
                isInPlace = false
            }
            if isInPlace, readers[node.inputs[0]].count == 1, !outputs.contains(node.inputs[0]) {
                homes[index] = homes[node.inputs[0]]
            }
        }
        return homes
    }

    /// Values that the backward step of a node reads.
    private static func neededBackwards(
        _ graph: Graph, _ index: Int, _ store: ParameterStore, _ fused: [Int: Int], _ settings: Differentiator.Settings
    ) -> [Int] {
        let node = graph.nodes[index]
        let own = settings.simulation?.rounds(index, node) == true ? [index] : []
        return own + neededByOperation(graph, index, store, fused)
    }

    private static func neededByOperation(
        _ graph: Graph, _ index: Int, _ store: ParameterStore, _ fused: [Int: Int]
    ) -> [Int] {
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

/// A block of floats that is in use from one moment to another, both included.
private struct Life {
    var count: Int
    var first: Int
    var last: Int
    var offset = 0

    /// Vector kernels may read one register past the end.
    private static let alignment = 16

    /// Largest first, each at the lowest offset that is free all its life. Returns the floats in all.
    static func pack(_ lives: inout [Life]) -> Int {
        let order = lives.indices.sorted { (lives[$0].count, $1) > (lives[$1].count, $0) }
        var placed: [Int] = []
        var total = 0
        for index in order {
            let life = lives[index]
            var offset = 0
            for other in placed.map({ lives[$0] }).sorted(by: { $0.offset < $1.offset })
            where other.first <= life.last && life.first <= other.last {
                if offset + life.count + alignment <= other.offset { break }
                let behind = other.offset + other.count + alignment
                offset = max(offset, (behind + alignment - 1) / alignment * alignment)
            }
            lives[index].offset = offset
            placed.append(index)
            total = max(total, offset + life.count + alignment)
        }
        return total
    }
}
