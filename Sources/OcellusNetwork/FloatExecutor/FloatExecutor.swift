// Runs a graph in float32. Everything is prepared in `init`: packed weights, places in the arena, scratch.
// `run` allocates nothing. The slow-but-plain definition of each operation is the oracle in the tests.
import CSystem
import OcellusTensor

/// A graph ready to run. One thread at a time; distinct executors are independent.
public final class FloatExecutor {
    public let graph: Graph
    public let plan: MemoryPlan
    public let kernels: KernelSet
    private let arena: Buffer<UInt8>
    /// A part for each worker of the pool.
    private let scratch: Buffer<Float>
    private let scratchCount: Int
    private let pool: ThreadPool?
    private let steps: [FloatStep]

    /// Throws `.invalidArgument` when a parameter is missing or mis-sized, `.outOfMemory` when memory is short.
    ///
    /// - Parameters:
    ///   - pool: threads to share convolutions among; nil computes in the calling thread alone.
    ///   - keepsInput: leave the input as it is written, for those who look at it after a run.
    ///   - retaining: keep every node's value until the next run, for tools that look at them afterwards.
    public convenience init(
        _ graph: Graph, _ parameters: Parameters, kernels: KernelSet = .best, pool: ThreadPool? = nil,
        keepsInput: Bool = false, retaining: Bool = false
    ) throws(OcellusError) {
        let plan = MemoryPlan(graph, keepsInput: keepsInput, retaining: retaining)
        var steps: [FloatStep] = []
        var scratchCount = 0
        for index in graph.nodes.indices {
            let context = StepContext(
                index: index, graph: graph, plan: plan, parameters: parameters, kernels: kernels)
            let step = try context.prepare()
            scratchCount = max(scratchCount, step.scratchCount)
            steps.append(step)
        }
        // Whole cache lines: workers do not write into each other's.
        scratchCount = (scratchCount + 15) / 16 * 16
        self.init(
            graph, kernels, plan, steps, arena: try Buffer(count: plan.count),
            scratch: try Buffer(count: scratchCount * (pool?.threads ?? 1)), scratchCount: scratchCount, pool: pool)
    }

    private init(
        _ graph: Graph, _ kernels: KernelSet, _ plan: MemoryPlan, _ steps: [FloatStep], arena: Buffer<UInt8>,
        scratch: Buffer<Float>, scratchCount: Int, pool: ThreadPool?
    ) {
        self.graph = graph
        self.kernels = kernels
        self.plan = plan
        self.steps = steps
        self.arena = arena
        self.scratch = scratch
        self.scratchCount = scratchCount
        self.pool = pool
    }

    /// Where the caller writes the input, [batch, height, width, channels], before each `run`.
    ///
    /// The memory is reused during a run: write the whole input every time.
    public var input: UnsafeMutablePointer<Float> { pointer(0) }

    /// A node's value after `run`. Only outputs are sure to be there still, unless the executor retains all.
    public func value(of node: Int) -> UnsafeMutablePointer<Float> { pointer(node) }

    /// One inference.
    public func run() { run { _, _ in } }

    /// One inference; `observe` is called with each node's index and nanoseconds when its value is there, and may
    /// change the value.
    public func run(_ observe: (_ node: Int, _ nanoseconds: UInt64) -> Void) {
        for index in steps.indices {
            let start = ocs_monotonic_nanoseconds()
            perform(index)
            observe(index, ocs_monotonic_nanoseconds() &- start)
        }
    }

    /// Bytes of values and scratch, without weights.
    public var workingBytes: Int { arena.count + scratch.count * MemoryLayout<Float>.size }

    /// The kernel that a node runs on, for people; empty when there is nothing to choose.
    public func kernelName(of node: Int) -> String { steps[node].kernelName }

    private func perform(_ index: Int) {
        let node = graph.nodes[index]
        if case .concatenation(let axis) = steps[index] {
            concatenate(index, axis)
        } else if case .convolution(let packed) = steps[index] {
            packed.run(
                input: pointer(node.inputs[0]), output: pointer(index), scratch: scratch.pointer,
                scratchStride: scratchCount, pool: pool)
        } else if node.inputs.count > 0 {
            // Not `inputs.first`: unspecialised code allocates for its optional.
            let first = node.inputs[0]
            steps[index].run(
                pointer(first), node.inputs.count > 1 ? pointer(node.inputs[1]) : pointer(first), pointer(index),
                scratch.pointer)
        }
    }

    func pointer(_ node: Int) -> UnsafeMutablePointer<Float> {
        UnsafeMutableRawPointer(arena.pointer + plan.places[node].offset).assumingMemoryBound(to: Float.self)
    }
}
