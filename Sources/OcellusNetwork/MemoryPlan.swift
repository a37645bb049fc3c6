// Where each value lives in one arena. Values whose lifetimes do not meet share memory; reshapes and concatenations
// are places, not copies, wherever their operands can be written straight into them.
import OcellusTensor

/// Offsets of all values of a graph in one block of bytes.
public struct MemoryPlan: Sendable {
    /// A value's place: its first byte, and the elements between neighbouring positions (its channels unless it is a
    /// slice).
    public struct Place: Sendable {
        public var offset: Int
        public var stride: Int
    }

    public let places: [Place]
    /// Bytes in the arena.
    public let count: Int

    /// Places start at multiples of this many bytes.
    private static let alignment = 64

    /// - Parameters:
    ///   - elementSizes: bytes of an element of each node's value; nil means float32 everywhere.
    ///   - keepsInput: nothing is written over the input: somebody looks at it after the run.
    ///   - retaining: keep every value to the end (training needs them), instead of reusing memory.
    public init(_ graph: Graph, elementSizes: [Int]? = nil, keepsInput: Bool = false, retaining: Bool = false) {
        let sizes = elementSizes ?? [Int](repeating: MemoryLayout<Float>.size, count: graph.nodes.count)
        var homes = Homes(graph, sizes)
        homes.settle()
        if !retaining { homes.spread() }
        var storages: [MemoryLife] = []
        var storageOf = [Int](repeating: -1, count: graph.nodes.count)
        for index in graph.nodes.indices {
            let root = homes.root(of: index)
            if storageOf[root] < 0 {
                storageOf[root] = storages.count
                let shape = graph.nodes[root].shape
                let elements = shape.positions * (homes.homes[root].stride ?? shape.channels)
                storages.append(MemoryLife(count: elements * sizes[root], first: index, last: index))
            }
            let storage = storageOf[root]
            storageOf[index] = storage
            storages[storage].first = min(storages[storage].first, index)
            storages[storage].last = max(storages[storage].last, index)
            for input in graph.nodes[index].inputs {
                let source = storageOf[homes.root(of: input)]
                storages[source].last = max(storages[source].last, index)
            }
        }
        let end = graph.nodes.count
        for output in graph.outputs { storages[storageOf[output.node]].last = end }
        if keepsInput { storages[storageOf[0]].last = end }
        if retaining { for index in storages.indices { storages[index].last = end } }
        count = MemoryLife.pack(&storages, alignment: MemoryPlan.alignment)
        places = graph.nodes.indices.map { index in
            let home = homes.homes[index]
            return Place(
                offset: storages[storageOf[index]].offset + homes.offset(of: index) * sizes[index],
                stride: home.stride ?? graph.nodes[index].shape.channels)
        }
    }
}

/// Which values are slices of which.
private struct Homes {
    struct Home {
        /// The value this one is written into, or nil when it owns its memory.
        var parent: Int?
        var offset = 0
        var stride: Int?
    }

    let graph: Graph
    let sizes: [Int]
    var homes: [Home]

    init(_ graph: Graph, _ sizes: [Int]) {
        self.graph = graph
        self.sizes = sizes
        homes = [Home](repeating: Home(), count: graph.nodes.count)
    }

    func root(of index: Int) -> Int {
        var index = index
        while let parent = homes[index].parent { index = parent }
        return index
    }

    func offset(of index: Int) -> Int {
        var (index, offset) = (index, homes[index].offset)
        while let parent = homes[index].parent {
            index = parent
            offset += homes[index].offset
        }
        return offset
    }

    /// From the back, so that a concatenation knows its own place before its operands get theirs.
    mutating func settle() {
        let users = graph.soleUsers
        for (index, node) in graph.nodes.enumerated().reversed() {
            switch node.operation {
            case .rows:
                // The same memory seen with other sizes; the operand moves to where this value is.
                let input = node.inputs[0]
                guard sizes[input] == sizes[index] else { continue }
                if canMove(input), users[input] != nil {
                    homes[input] = Home(parent: index)
                } else if homes[index].parent == nil, !isSliced(input) {
                    homes[index] = Home(parent: input)
                }
            case .concatenation(let concatenation):
                guard homes[index].stride == nil else { continue }
                var offset = 0
                for input in node.inputs {
                    let shape = graph.nodes[input].shape
                    let isFree = canMove(input) && users[input] != nil && sizes[input] == sizes[index]
                    switch concatenation.axis {
                    case .rows:
                        if node.shape.batch == 1, isFree {
                            homes[input] = Home(parent: index, offset: offset)
                        }
                        offset += shape.count
                    case .channels:
                        // Only convolutions write with a stride between positions.
                        if isFree, case .convolution = graph.nodes[input].operation {
                            homes[input] = Home(parent: index, offset: offset, stride: node.shape.channels)
                        }
                        offset += shape.channels
                    }
                }
            case .input, .convolution, .transposedConvolution, .batchNormalization, .groupNormalization,
                .l2Normalization, .activation, .add, .multiply, .scale, .pooling, .upsampling:
                break
            }
        }
    }

    /// Positions that are quarters of pages or more apart fall into the same few lines of a first-level cache: values that
    /// kernels read dozens of positions of at a time get a gap behind each, where all that read and write them know of
    /// strides.
    mutating func spread() {
        var isRead = [Bool](repeating: true, count: graph.nodes.count)
        for node in graph.nodes {
            for input in node.inputs { isRead[input] = isRead[input] && Homes.readsStrides(node, graph) }
        }
        for output in graph.outputs { isRead[output.node] = false }
        for (index, node) in graph.nodes.enumerated() {
            guard case .convolution = node.operation, isRead[index], homes[index].parent == nil,
                homes[index].stride == nil, node.shape.channels * sizes[index] % 1024 == 0
            else { continue }
            homes[index].stride = node.shape.channels + 64 / sizes[index]
        }
    }

    /// Pointwise and depthwise convolutions; others join neighbouring taps only where positions touch.
    private static func readsStrides(_ node: Node, _ graph: Graph) -> Bool {
        guard case .convolution(let operation) = node.operation else { return false }
        let isDepthwise = operation.groups == node.shape.channels
        return isDepthwise || operation.kernelHeight * operation.kernelWidth == 1
    }

    private func canMove(_ index: Int) -> Bool { homes[index].parent == nil && index != 0 }

    private func isSliced(_ index: Int) -> Bool { homes[index].stride != nil }
}
