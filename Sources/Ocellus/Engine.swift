// The network's executor, float or integer, behind the few things that a detector asks of it.
import OcellusDetection
import OcellusImage
import OcellusModels
import OcellusNetwork
import OcellusQuantization
import OcellusTensor

/// One of the two executors with the places of its head rows.
public struct Engine {
    public enum Executor {
        case float(FloatExecutor)
        case int8(Int8Executor)
    }

    public let executor: Executor
    private let scores: Int
    private let boxes: Int
    private let landmarks: Int?

    init(_ model: Model, kernels: KernelSet, pool: ThreadPool?) throws(OcellusError) {
        let keepsInput = model.description.refiner != nil
        if let quantized = model.quantized {
            executor = .int8(try Int8Executor(quantized, kernels: kernels, pool: pool, keepsInput: keepsInput))
        } else {
            let folded = Folding(model.graph)
            executor = .float(
                try FloatExecutor(
                    folded.graph, try folded.apply(model.parameters), kernels: kernels, pool: pool,
                    keepsInput: keepsInput))
        }
        let graph = executor.graph
        scores = try Engine.output("scores", graph)
        boxes = try Engine.output("boxes", graph)
        landmarks = graph.output(named: "landmarks")
    }

    /// Resizes, converts and normalises straight into the network's input.
    func prepare(_ image: ImageView, _ preprocessor: Preprocessor) throws(OcellusError) -> InputMapping {
        switch executor {
        case .float(let executor): return try preprocessor.run(image, into: executor.input)
        case .int8(let executor): return try preprocessor.run(image, into: executor.input)
        }
    }

    /// What `prepare` wrote; after a run only where the model has a refiner.
    var canvas: InputPixels {
        switch executor {
        case .float(let executor): return .floats(UnsafePointer(executor.input))
        case .int8(let executor): return .bytes(UnsafePointer(executor.input))
        }
    }

    func run() {
        switch executor {
        case .float(let executor): executor.run()
        case .int8(let executor): executor.run()
        }
    }

    /// What the last run put out.
    func headRows() -> HeadRows {
        HeadRows(scores: rows(scores), boxes: rows(boxes), landmarks: landmarks.map { rows($0) })
    }

    private func rows(_ node: Int) -> UnsafeBufferPointer<Float> {
        let count = executor.graph.nodes[node].shape.count
        switch executor {
        case .float(let executor): return UnsafeBufferPointer(start: executor.value(of: node), count: count)
        case .int8(let executor): return UnsafeBufferPointer(start: executor.floats(of: node), count: count)
        }
    }

    private static func output(_ name: Name, _ graph: Graph) throws(OcellusError) -> Int {
        guard let node = graph.output(named: name) else {
            throw OcellusError(.unsupported, "the network has no output '\(name)'")
        }
        return node
    }
}

extension Engine.Executor {
    /// The folded graph.
    public var graph: Graph {
        switch self {
        case .float(let executor): return executor.graph
        case .int8(let executor): return executor.graph
        }
    }

    /// The instruction set's name.
    public var kernels: String {
        switch self {
        case .float(let executor): return executor.kernels.name
        case .int8(let executor): return executor.kernels.name
        }
    }

    /// Bytes of values and scratch, without weights.
    public var workingBytes: Int {
        switch self {
        case .float(let executor): return executor.workingBytes
        case .int8(let executor): return executor.workingBytes
        }
    }

    public func kernelName(of node: Int) -> String {
        switch self {
        case .float(let executor): return executor.kernelName(of: node)
        case .int8(let executor): return executor.kernelName(of: node)
        }
    }

    /// One inference on whatever the input holds; `observe` gets each node's index and nanoseconds.
    public func run(_ observe: (_ node: Int, _ nanoseconds: UInt64) -> Void) {
        switch self {
        case .float(let executor): executor.run(observe)
        case .int8(let executor): executor.run(observe)
        }
    }

    /// Calls `body` with every real number of a node's value; in integers, with what the bytes stand for.
    public func forEachValue(of node: Int, _ body: (Float) -> Void) {
        let shape = graph.nodes[node].shape
        switch self {
        case .float(let executor):
            let (values, stride) = (executor.value(of: node), executor.plan.places[node].stride)
            for position in 0..<shape.positions {
                for channel in 0..<shape.channels { body(values[position &* stride &+ channel]) }
            }
        case .int8(let executor):
            let stride = executor.plan.places[node].stride
            for position in 0..<shape.positions {
                for channel in 0..<shape.channels { body(executor.real(node, position &* stride &+ channel)) }
            }
        }
    }
}
