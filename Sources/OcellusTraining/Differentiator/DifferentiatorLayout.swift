// How long values and gradients live, and where they lie in one block of memory, when some values are computed twice.
import OcellusNetwork

/// Time runs through the nodes forwards, stands still for the loss, and runs back: node i is computed at i and
/// differentiated at 2n - i. A value that no backward step needs dies with its last reader.
struct DifferentiatorLayout {
    /// Offsets in floats; nil for what does not exist.
    private(set) var valueOffsets: [Int?]
    private(set) var gradientOffsets: [Int?]
    /// Where a value that is computed anew lies on the way back.
    private(set) var backwardOffsets: [Int: Int] = [:]
    /// Values that are computed anew before the backward step of a node, in the order of the graph. By that node.
    private(set) var recomputed: [Int: [Int]] = [:]
    /// Values that are there when `forward` is done.
    private(set) var kept: Set<Int> = []
    private(set) var count = 0

    private var lives: [MemoryLife] = []
    private var lifeOfValue: [Int: Int] = [:]
    private var lifeOfGradient: [Int: Int] = [:]
    private var lifeOfRecomputed: [Int: Int] = [:]

    /// - Parameter dropped: values that are not kept for the way back, but computed anew there.
    init(_ uses: ValueUses, dropped: Set<Int>) {
        let nodes = uses.graph.nodes
        valueOffsets = [Int?](repeating: nil, count: nodes.count)
        gradientOffsets = [Int?](repeating: nil, count: nodes.count)
        addValues(uses)
        addBackwardReads(uses, dropped)
        addGradients(uses)
        count = MemoryLife.pack(&lives, alignment: 16)
        for (home, life) in lifeOfRecomputed { backwardOffsets[home] = lives[life].offset }
        for index in nodes.indices {
            if let home = uses.valueHomes[index], let life = lifeOfValue[home] {
                valueOffsets[index] = lives[life].offset
            }
            if uses.needsGradient[index], let life = lifeOfGradient[uses.gradientHomes[index]] {
                gradientOffsets[index] = lives[life].offset
            }
        }
    }

    /// From where a value is computed to its last reader forwards; outputs until the loss.
    private mutating func addValues(_ uses: ValueUses) {
        let nodes = uses.graph.nodes
        for (index, node) in nodes.enumerated() {
            if let home = uses.valueHomes[index] {
                if lifeOfValue[home] == nil {
                    lifeOfValue[home] = lives.count
                    lives.append(MemoryLife(count: nodes[home].shape.count, first: home, last: home))
                }
                if uses.outputs.contains(index) {
                    extend(lifeOfValue[home], to: nodes.count)
                    kept.insert(home)
                }
            }
            for input in node.inputs { extend(uses.valueHomes[input].flatMap { lifeOfValue[$0] }, to: index) }
        }
    }

    /// A value that is kept lives until its last read on the way back; one that is dropped lives there a second time, and
    /// what it is computed from is read when that begins. Last nodes first: what a value is computed from comes before it.
    private mutating func addBackwardReads(_ uses: ValueUses, _ dropped: Set<Int>) {
        let nodes = uses.graph.nodes
        var reads = [ClosedRange<Int>?](repeating: nil, count: nodes.count)
        func read(_ node: Int, at time: Int) {
            guard let home = uses.valueHomes[node] else { return }
            reads[home] = min(reads[home]?.lowerBound ?? time, time)...max(reads[home]?.upperBound ?? time, time)
        }
        for index in nodes.indices where uses.needsGradient[index] {
            for node in uses.neededBackwards(index) { read(node, at: 2 * nodes.count - index) }
        }
        for home in nodes.indices.reversed() {
            guard let span = reads[home] else { continue }
            guard dropped.contains(home) else {
                extend(lifeOfValue[home], to: span.upperBound)
                kept.insert(home)
                continue
            }
            for input in uses.neededForwards(home) { read(input, at: span.lowerBound) }
            lifeOfRecomputed[home] = lives.count
            lives.append(MemoryLife(count: nodes[home].shape.count, first: span.lowerBound, last: span.upperBound))
            recomputed[2 * nodes.count - span.lowerBound, default: []].insert(home, at: 0)
        }
    }

    /// From the backward step of a node's last reader to its own.
    private mutating func addGradients(_ uses: ValueUses) {
        let nodes = uses.graph.nodes
        for index in nodes.indices where uses.needsGradient[index] {
            let home = uses.gradientHomes[index]
            let last = 2 * nodes.count - index
            let born =
                uses.outputs.contains(index) ? nodes.count : 2 * nodes.count - (uses.readers[index].last ?? index)
            if let life = lifeOfGradient[home] {
                lives[life].first = min(lives[life].first, born)
                lives[life].last = max(lives[life].last, last)
            } else {
                lifeOfGradient[home] = lives.count
                lives.append(MemoryLife(count: nodes[home].shape.count, first: born, last: last))
            }
        }
    }

    private mutating func extend(_ life: Int?, to time: Int) {
        guard let life else { return }
        lives[life].last = max(lives[life].last, time)
    }
}
