// Which values and gradients exist, which of them are computed twice, and where they lie in one block of memory.
import OcellusNetwork
import OcellusTensor

/// Made once, before the steps.
struct DifferentiatorPlan {
    let graph: Graph
    let store: ParameterStore
    private let uses: ValueUses
    private let layout: DifferentiatorLayout

    /// Throws `.invalidArgument` when the memory allowed is too little.
    init(_ graph: Graph, _ store: ParameterStore, _ settings: Differentiator.Settings) throws(OcellusError) {
        self.graph = graph
        self.store = store
        uses = ValueUses(graph, store, settings)
        layout = try Recomputation(uses).layout(
            uses, limit: settings.memoryLimit.map { $0 / MemoryLayout<Float>.size }, extra: uses.largestSharedGradient)
    }

    /// Whether something trained lies at or before a node.
    var needsGradient: [Bool] { uses.needsGradient }
    /// A batch normalisation whose one reader is a fusable activation is computed together with it, at the reader: it
    /// has no value of its own. By the activation's index: the normalisation's.
    var fusedNormalization: [Int: Int] { uses.fused }
    /// Values that are computed anew before the backward step of a node. By that node.
    var recomputed: [Int: [Int]] { layout.recomputed }
    /// Offsets in floats; nil for what does not exist.
    var valueOffsets: [Int?] { layout.valueOffsets }
    var gradientOffsets: [Int?] { layout.gradientOffsets }
    /// Where a recomputed value lies on the way back.
    var backwardOffsets: [Int: Int] { layout.backwardOffsets }
    /// Floats of the block.
    var count: Int { layout.count }
    /// Largest gradient that a step may have to add to another one's or to the loss's.
    var largestSharedGradient: Int { uses.largestSharedGradient }

    /// Whether a node's value is still there after `forward`.
    func keepsValue(_ node: Int) -> Bool { layout.kept.contains(node) }

    /// Whether two nodes' gradients are one place.
    func sharesGradient(_ first: Int, _ second: Int) -> Bool {
        layout.gradientOffsets[first] == layout.gradientOffsets[second]
    }
}

extension ValueUses {
    fileprivate var largestSharedGradient: Int {
        var largest = 0
        for (index, uses) in graph.useCounts.enumerated() where needsGradient[index] && uses > 1 {
            largest = max(largest, graph.nodes[index].shape.count)
        }
        return largest
    }
}
