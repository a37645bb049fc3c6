// Whether a memory plan keeps every value for as long as somebody needs it. The check runs the graph with marks instead
// of numbers: each element of each value carries a mark of where it comes from, copies carry on the mark.
import OcellusNetwork
import OcellusTensor

public enum MemoryPlanCheck {
    /// What is wrong with the plan, in words; empty when nothing is.
    ///
    /// - Parameters:
    ///   - elementSizes: what the plan was made with.
    ///   - keepsInput: the input must still be there at the end.
    ///   - retaining: every value must still be there at the end, not only outputs.
    public static func faults(
        _ graph: Graph, _ plan: MemoryPlan, elementSizes: [Int]? = nil, keepsInput: Bool = false,
        retaining: Bool = false
    ) -> [String] {
        let sizes = elementSizes ?? [Int](repeating: 4, count: graph.nodes.count)
        var run = MarkRun(graph: graph, plan: plan, sizes: sizes)
        for index in graph.nodes.indices {
            for input in Set(graph.nodes[index].inputs) { run.requireIntact(input, at: index) }
            run.write(index)
        }
        let kept = retaining ? Array(graph.nodes.indices) : graph.outputs.map(\.node)
        if keepsInput { run.requireIntact(0, at: graph.nodes.count) }
        for node in kept { run.requireIntact(node, at: graph.nodes.count) }
        return run.faults
    }
}

private struct MarkRun {
    let graph: Graph
    let plan: MemoryPlan
    var faults: [String] = []
    /// Bytes of each node's elements, and of what one mark stands for.
    private let sizes: [Int]
    private let unit: Int
    private var arena: [UInt32]
    /// The marks of each value, [position, channel].
    private var marks: [[UInt32]]

    init(graph: Graph, plan: MemoryPlan, sizes: [Int]) {
        self.graph = graph
        self.plan = plan
        self.sizes = sizes
        unit = sizes.min() ?? 1
        arena = [UInt32](repeating: 0, count: plan.count / unit + 1)
        marks = []
        for (index, node) in graph.nodes.enumerated() {
            switch node.operation {
            case .rows: marks.append(marks[node.inputs[0]])
            case .concatenation(let concatenation): marks.append(joined(node, concatenation.axis))
            case .input, .convolution, .transposedConvolution, .batchNormalization, .groupNormalization,
                .l2Normalization, .activation, .add, .multiply, .scale, .pooling, .upsampling:
                marks.append((0..<node.shape.count).map { UInt32(truncatingIfNeeded: (index + 1) << 24 ^ $0 + 1) })
            }
        }
    }

    private func joined(_ node: Node, _ axis: Concatenation.Axis) -> [UInt32] {
        let shapes = node.inputs.map { graph.nodes[$0].shape }
        var result: [UInt32] = []
        result.reserveCapacity(node.shape.count)
        let outer = axis == .channels ? node.shape.positions : node.shape.batch
        for place in 0..<outer {
            for (input, shape) in zip(node.inputs, shapes) {
                let length = axis == .channels ? shape.channels : shape.width * shape.channels
                result += marks[input][place * length..<(place + 1) * length]
            }
        }
        return result
    }

    /// First mark, marks from position to position, marks of an element.
    private func marksOf(_ node: Int) -> (first: Int, stride: Int, each: Int) {
        let each = sizes[node] / unit
        return (plan.places[node].offset / unit, plan.places[node].stride * each, each)
    }

    mutating func requireIntact(_ value: Int, at step: Int) {
        let ((first, stride, each), channels) = (marksOf(value), graph.nodes[value].shape.channels)
        var wrong = 0
        marks[value].withUnsafeBufferPointer { expected in
            arena.withUnsafeBufferPointer { memory in
                for position in 0..<graph.nodes[value].shape.positions {
                    for c in 0..<channels * each
                    where memory[first + position * stride + c] != expected[position * channels + c / each] {
                        wrong += 1
                    }
                }
            }
        }
        if wrong > 0 {
            let name = step < graph.nodes.count ? "\(graph.nodes[step].name)" : "the end"
            faults.append("\(wrong) elements of \(graph.nodes[value].name) are gone at \(name)")
        }
    }

    mutating func write(_ index: Int) {
        let (node, place) = (graph.nodes[index], plan.places[index])
        let channels = node.shape.channels
        let (first, stride, each) = marksOf(index)
        let end = place.offset + ((node.shape.positions - 1) * place.stride + channels) * sizes[index]
        guard place.offset >= 0, place.offset % sizes[index] == 0, place.stride >= channels, end <= plan.count else {
            faults.append("\(node.name) is not inside the arena, or not aligned")
            return
        }
        marks[index].withUnsafeBufferPointer { fresh in
            arena.withUnsafeMutableBufferPointer { memory in
                for position in 0..<node.shape.positions {
                    for c in 0..<channels * each {
                        memory[first + position * stride + c] = fresh[position * channels + c / each]
                    }
                }
            }
        }
        // What a step reads must survive its own writing: results appear while operands are still being read.
        for input in Set(node.inputs) { requireIntact(input, at: index) }
    }
}
