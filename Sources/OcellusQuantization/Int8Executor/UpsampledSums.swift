// A feature pyramid's step down, in one pass: a sum whose one operand is an enlarged value that nothing else reads does
// the enlarging itself. The upsampling then does nothing and has no memory. The bytes are those of the two steps.
import OcellusNetwork
import OcellusTensor

/// Which upsamplings are part of a sum, and where values lie with that.
struct UpsampledSums {
    /// For each node that is such an upsampling, the sum that does it.
    let sums: [Int?]
    let plan: MemoryPlan

    init(_ network: QuantizedNetwork, keepsInput: Bool) {
        let graph = network.graph
        var sums = UpsampledSums.candidates(graph)
        var plan: MemoryPlan
        var isSettled: Bool
        repeat {
            var sizes = network.formats.map { $0.elementSize }
            for index in sums.indices where sums[index] != nil { sizes[index] = 0 }
            plan = MemoryPlan(graph, elementSizes: sizes, keepsInput: keepsInput)
            isSettled = true
            for (index, sum) in sums.enumerated() {
                guard let sum else { continue }
                // The plan keeps the small value only until the upsampling; the sum reads it later.
                let source = UpsampledSums.extent(graph.nodes[index].inputs[0], graph, plan, sizes)
                for later in index + 1...sum
                where source.overlaps(UpsampledSums.extent(later, graph, plan, sizes)) {
                    sums[index] = nil
                    isSettled = false
                }
            }
        } while !isSettled
        self.sums = sums
        self.plan = plan
    }

    /// The place of element `index` of an upsampling's value in the value that it enlarges.
    static func source(of index: Int, _ input: Shape, _ output: Shape) -> Int {
        let (position, channel) = (index / output.channels, index % output.channels)
        let (row, column) = (position / output.width, position % output.width)
        let (i, j) = (row &* input.height / output.height, column &* input.width / output.width)
        return (i &* input.width &+ j) &* input.channels &+ channel
    }

    private static func candidates(_ graph: Graph) -> [Int?] {
        let uses = graph.useCounts
        var sums = [Int?](repeating: nil, count: graph.nodes.count)
        for (index, node) in graph.nodes.enumerated() {
            guard case .add = node.operation else { continue }
            for input in [node.inputs[1], node.inputs[0]] where uses[input] == 1 {
                guard case .upsampling = graph.nodes[input].operation else { continue }
                sums[input] = index
                break
            }
        }
        return sums
    }

    private static func extent(_ node: Int, _ graph: Graph, _ plan: MemoryPlan, _ sizes: [Int]) -> Range<Int> {
        let (place, shape) = (plan.places[node], graph.nodes[node].shape)
        let count = ((shape.positions - 1) * place.stride + shape.channels) * sizes[node]
        return place.offset..<place.offset + count
    }
}

struct UpsampledSumStep {
    let parameters: QuantizedSum
    /// The nodes of the operand that has the sum's size, and of the one that is enlarged.
    let same: Int
    let small: Int
    let smallShape: Shape
    let shape: Shape
    let kernels: KernelSet

    func run(
        _ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, _ y: UnsafeMutablePointer<UInt8>, _ pool: ThreadPool?
    ) {
        ThreadPool.run(rows: shape.batch &* shape.height, on: pool) { part, _ in
            addUpsampledQuantized(
                a, b, bShape: smallShape, y, yShape: shape, parameters: parameters, kernels: kernels, rows: part)
        }
    }
}
