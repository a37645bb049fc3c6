// The one block of memory that values and their gradients live in, and the threads that work on it.
import CTrainingKernels
import OcellusNetwork
import OcellusTensor

/// What steps read and write.
final class DifferentiatorMemory {
    let graph: Graph
    let plan: DifferentiatorPlan
    let pool: ThreadPool
    private let arena: Buffer<Float>
    /// For a gradient on its way to one that is there already.
    private let addend: Buffer<Float>
    private var scratch: Buffer<Float>
    private var scratchCount = 0
    private var isWritten: [Bool]
    private var isGoingBack = false
    /// For weights in another order, used by one step at a time.
    let weightScratch: Buffer<Float>

    init(_ graph: Graph, _ plan: DifferentiatorPlan, threads: Int) throws(OcellusError) {
        self.graph = graph
        self.plan = plan
        pool = try ThreadPool(threads: threads)
        arena = try Buffer(count: plan.count)
        addend = try Buffer(count: plan.largestSharedGradient)
        scratch = try Buffer(count: 0)
        weightScratch = try Buffer(count: graph.parameters.map(\.count).max() ?? 0)
        isWritten = [Bool](repeating: false, count: graph.nodes.count)
    }

    func reserveScratch(_ count: Int) throws(OcellusError) {
        // Whole cache lines: threads do not write into each other's.
        scratchCount = (count + 15) / 16 * 16
        scratch = try Buffer(count: scratchCount * pool.threads)
    }

    var plannedBytes: Int { (arena.count + addend.count) * MemoryLayout<Float>.size }

    var bytes: Int { (arena.count + addend.count + scratch.count + weightScratch.count) * MemoryLayout<Float>.size }

    func value(_ node: Int) -> UnsafeMutablePointer<Float> {
        if isGoingBack, let offset = plan.backwardOffsets[node] { return arena.pointer + offset }
        guard let offset = plan.valueOffsets[node] else { preconditionFailure("node \(node) has no value") }
        return arena.pointer + offset
    }

    func gradientPlace(_ node: Int) -> UnsafeMutablePointer<Float>? {
        plan.gradientOffsets[node].map { arena.pointer + $0 }
    }

    /// The gradient that a node's readers left; zeros when none of them gave one.
    func gradient(_ node: Int) -> UnsafeMutablePointer<Float> {
        guard let place = gradientPlace(node) else { preconditionFailure("node \(node) has no gradient") }
        if !isWritten[node] {
            place.update(repeating: 0, count: graph.nodes[node].shape.count)
            isWritten[node] = true
        }
        return place
    }

    func scratch(_ worker: Int) -> UnsafeMutablePointer<Float> { scratch.pointer + worker * scratchCount }

    func beginForward() { isGoingBack = false }

    func beginBackward() {
        isGoingBack = true
        for index in isWritten.indices { isWritten[index] = false }
        for output in graph.outputs { isWritten[output.node] = true }
    }

    /// Calls `body` with the place for a contribution to a node's gradient; it writes all of it. Does nothing when the
    /// node needs none.
    func contribute(to node: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
        guard let place = gradientPlace(node) else { return }
        if !isWritten[node] {
            body(place)
            isWritten[node] = true
            return
        }
        body(addend.pointer)
        let count = graph.nodes[node].shape.count
        forEachPart(of: count) { part in
            otk_accumulate(place + part.lowerBound, addend.pointer + part.lowerBound, 1, part.count)
        }
    }

    /// For steps that wrote into the shared place of a node and its reader themselves.
    func markWritten(_ node: Int) { isWritten[node] = true }

    /// Cuts `0..<count` into parts of whole vectors for the threads.
    func forEachPart(of count: Int, _ body: (Range<Int>) -> Void) {
        let size = 16384
        pool.run(chunks: (count + size - 1) / size) { chunk, _ in
            body(chunk * size..<min(count, (chunk + 1) * size))
        }
    }
}
