// Runs a quantised network in integers. Like the float executor: prepared once, no allocation in `run`.
// Values are bytes in one arena; head rows come out as floats. Equations: docs/quantization.md.
import CSystem
import OcellusNetwork
import OcellusTensor

/// A quantised network ready to run. One thread at a time; distinct executors are independent.
public final class Int8Executor {
    public let network: QuantizedNetwork
    public let plan: MemoryPlan
    public let kernels: KernelSet
    private let arena: Buffer<UInt8>
    /// A part for each worker of the pool.
    private let scratch: Buffer<UInt8>
    private let scratchCount: Int
    private let pool: ThreadPool?
    private let steps: [Int8Step]
    /// For each upsampling that a sum does, that sum.
    private let upsampledSums: [Int?]

    public var graph: Graph { network.graph }

    /// - Parameters:
    ///   - pool: threads to share convolutions among; nil computes in the calling thread alone.
    ///   - keepsInput: leave the picture as it is written, for those who look at it after a run.
    ///
    /// Throws `.unsupported` for an operation that has no integer form, `.outOfMemory` when memory is short.
    public convenience init(
        _ network: QuantizedNetwork, kernels: KernelSet = .best, pool: ThreadPool? = nil, keepsInput: Bool = false
    ) throws(OcellusError) {
        guard network.graph.inputShape.batch == 1 else {
            throw OcellusError(.unsupported, "integer inference takes one picture at a time")
        }
        let fused = UpsampledSums(network, keepsInput: keepsInput)
        var steps: [Int8Step] = []
        var scratchCount = 0
        for index in network.graph.nodes.indices {
            let context = Int8Context(
                index: index, network: network, plan: fused.plan, upsampledSums: fused.sums, kernels: kernels)
            let step = try context.prepare()
            scratchCount = max(scratchCount, step.scratchCount)
            steps.append(step)
        }
        // Whole cache lines: workers do not write into each other's.
        scratchCount = (scratchCount + 63) / 64 * 64
        self.init(
            network, kernels, fused, steps, arena: try Buffer(count: fused.plan.count),
            scratch: try Buffer(count: scratchCount * (pool?.threads ?? 1)), scratchCount: scratchCount, pool: pool)
    }

    private init(
        _ network: QuantizedNetwork, _ kernels: KernelSet, _ fused: UpsampledSums, _ steps: [Int8Step],
        arena: Buffer<UInt8>, scratch: Buffer<UInt8>, scratchCount: Int, pool: ThreadPool?
    ) {
        self.network = network
        self.kernels = kernels
        self.steps = steps
        self.arena = arena
        self.scratch = scratch
        self.scratchCount = scratchCount
        self.pool = pool
        plan = fused.plan
        upsampledSums = fused.sums
    }

    /// Where the caller writes the picture, [height, width, channels] bytes, before each `run`; all of it every time.
    public var input: UnsafeMutablePointer<UInt8> { pointer(0) }

    /// The bytes of a node's value after `run`, for nodes whose format is not `.floats` and which `hasValue`.
    public func bytes(of node: Int) -> UnsafePointer<UInt8> { UnsafePointer(pointer(node)) }

    /// The floats of a head's rows after `run`.
    public func floats(of node: Int) -> UnsafePointer<Float> {
        UnsafeRawPointer(pointer(node)).assumingMemoryBound(to: Float.self)
    }

    /// Whether a node's value is ever in memory: an upsampling that is part of a sum has none.
    public func hasValue(_ node: Int) -> Bool { upsampledSums[node] == nil }

    /// The real number that element `index` of a node's value stands for.
    public func real(_ node: Int, _ index: Int) -> Float {
        guard hasValue(node) else {
            let (small, shape) = (graph.nodes[node].inputs[0], graph.nodes[node].shape)
            return real(small, UpsampledSums.source(of: index, graph.nodes[small].shape, shape))
        }
        switch network.formats[node] {
        case .pixels: return Float(pointer(node)[index])
        case .bytes(let quantization): return quantization.dequantize(pointer(node)[index])
        case .floats: return floats(of: node)[index]
        }
    }

    /// One inference.
    public func run() { run { _, _ in } }

    /// One inference; `observe` is called with each node's index and nanoseconds when its value is there.
    public func run(_ observe: (_ node: Int, _ nanoseconds: UInt64) -> Void) {
        for index in steps.indices {
            let start = ocs_monotonic_nanoseconds()
            perform(index)
            observe(index, ocs_monotonic_nanoseconds() &- start)
        }
    }

    /// Bytes of values and scratch, without weights.
    public var workingBytes: Int { arena.count + scratch.count }

    /// The kernel that a node runs on, for people; empty when there is nothing to choose.
    public func kernelName(of node: Int) -> String {
        if case .convolution(let packed) = steps[node] { return packed.kernelName }
        return ""
    }

    private func perform(_ index: Int) {
        let node = network.graph.nodes[index]
        let output = pointer(index)
        switch steps[index] {
        case .nothing: break
        case .convolution(let packed):
            packed.run(
                input: bytes(of: node.inputs[0]), output: UnsafeMutableRawPointer(output), scratch: scratch.pointer,
                scratchStride: scratchCount, pool: pool)
        case .lookup(let table): table.run(bytes(of: node.inputs[0]), output)
        case .sum(let sum): sum.run(bytes(of: node.inputs[0]), bytes(of: node.inputs[1]), output, pool)
        case .upsampledSum(let sum): sum.run(bytes(of: sum.same), bytes(of: sum.small), output, pool)
        case .pooling(let step): step.run(bytes(of: node.inputs[0]), output)
        case .upsampling(let step): step.run(bytes(of: node.inputs[0]), output)
        case .island(let island):
            island.run(bytes(of: node.inputs[0]), bytes(of: node.inputs[node.inputs.count - 1]), output)
        case .layout(let layout): arrange(index, layout)
        }
    }

    func pointer(_ node: Int) -> UnsafeMutablePointer<UInt8> { arena.pointer + plan.places[node].offset }
}
