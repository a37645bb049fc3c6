// A network in training: the same graph that inference runs, forwards for a batch and backwards for gradients.
// What each operation does is in the five files of operations; where values and gradients lie is DifferentiatorPlan.
// Theory: docs/training.md.
import CBLAS
import OcellusNetwork
import OcellusTensor

/// Reverse-mode differentiation of a network. One thread at a time; the pool computes.
///
///     write the batch to `input` -> forward() -> read `value(of:)`, write `gradient(of:)` of every output -> backward()
///
/// Values stay valid until `backward`; gradients of parameters (`parameters`) until the next `backward`.
public final class Differentiator {
    /// Where batch normalisation takes mean and variance from.
    public enum Normalization: Sendable, Equatable {
        /// From the batch, per channel; running statistics move towards them by `momentum`.
        case batch(momentum: Float)
        /// From the running statistics, which stay as they are: for small batches and fine-tuning.
        case frozen
    }

    public struct Settings: Sendable {
        /// Pictures at a time.
        public var batch: Int
        public var threads: Int
        public var normalization: Normalization
        /// Roundings to put behind values and weights; nil trains in plain float.
        public var simulation: TrainingSimulation?
        /// Most bytes that values and their gradients may take. As few values are computed anew on the way back as fit in
        /// it; the numbers are the same bits with any limit. Nil: normalised values alone are.
        public var memoryLimit: Int?

        public init(
            batch: Int, threads: Int = 1, normalization: Normalization = .batch(momentum: 0.1),
            simulation: TrainingSimulation? = nil, memoryLimit: Int? = nil
        ) {
            self.batch = batch
            self.threads = threads
            self.normalization = normalization
            self.simulation = simulation
            self.memoryLimit = memoryLimit
        }
    }

    /// With the batch in every shape.
    public let graph: Graph
    public let settings: Settings
    /// What an optimiser changes, in the order of the graph; parameters with a rate factor of 0 when this was made have
    /// no gradient and are not among them.
    public let parameters: [TrainableParameter]
    /// Running means and variances and frozen parameters, by the index of their declaration.
    let statistics: [Int: Buffer<Float>]
    let memory: DifferentiatorMemory
    private let steps: [any DifferentiableStep]

    /// - Parameter isTrained: whether a parameter changes; what lies wholly before the first that does is not
    ///   differentiated, and its values are not kept.
    ///
    /// Throws `.invalidArgument` for a missing or mis-sized parameter or too low a memory limit, `.outOfMemory`.
    public init(
        _ graph: Graph, _ values: Parameters, _ settings: Settings, isTrained: (Name) -> Bool = { _ in true }
    ) throws(OcellusError) {
        let graph = try graph.batched(settings.batch)
        self.graph = graph
        self.settings = settings
        var store = ParameterStore()
        for (index, declaration) in graph.parameters.enumerated() {
            let parameter = try values.required(declaration)
            let isTrained = declaration.isTrainable && isTrained(declaration.name)
            try store.add(index, declaration, parameter.values, isTrained: isTrained)
        }
        parameters = store.trained
        statistics = store.fixed
        let plan = try DifferentiatorPlan(graph, store, settings)
        memory = try DifferentiatorMemory(graph, plan, threads: settings.threads)
        // Products are small and run in our threads: OpenBLAS must not start its own.
        openblas_set_num_threads(1)
        let maker = StepMaker(graph: graph, plan: plan, store: store, settings: settings)
        var steps: [any DifferentiableStep] = []
        for index in graph.nodes.indices { steps.append(try maker.step(index)) }
        self.steps = steps
        try memory.reserveScratch(steps.map(\.scratchCount).max() ?? 0)
    }

    /// The batch, [batch, height, width, channels], normalised. Write all of it before each `forward`.
    public var input: UnsafeMutablePointer<Float> {
        memory.beginForward()
        return memory.value(0)
    }

    /// Computes every value.
    public func forward() {
        memory.beginForward()
        for step in steps { step.forward(memory) }
    }

    /// An output's rows after `forward`.
    public func value(of output: Name) -> UnsafeMutableBufferPointer<Float>? {
        graph.output(named: output).map {
            UnsafeMutableBufferPointer(start: memory.value($0), count: graph.nodes[$0].shape.count)
        }
    }

    /// Where the derivative of the loss with respect to an output goes between `forward` and `backward`.
    ///
    /// Every output's must be written. Nil when the network has no such output or nothing before it is trained.
    public func gradient(of output: Name) -> UnsafeMutableBufferPointer<Float>? {
        graph.output(named: output).flatMap { node in
            memory.gradientPlace(node).map {
                UnsafeMutableBufferPointer(start: $0, count: graph.nodes[node].shape.count)
            }
        }
    }

    /// Computes the gradient of every parameter in `parameters`.
    public func backward() {
        memory.beginBackward()
        for index in steps.indices.reversed() {
            for node in memory.plan.recomputed[index] ?? [] { steps[node].recompute(memory) }
            steps[index].backward(memory)
        }
    }

    /// All numbers as they are now, running statistics among them, for a model or a checkpoint.
    public func snapshot() throws(OcellusError) -> Parameters {
        var result = Parameters()
        let store = memory.plan.store
        for (index, declaration) in graph.parameters.enumerated() {
            let copy = try Buffer(copying: UnsafeBufferPointer(store.values(index).elements))
            result[declaration.name] = try Parameter(dimensions: declaration.dimensions, values: copy)
        }
        return result
    }

    /// The running means and variances that a step changes, in the order of the graph.
    var movingStatistics: [NamedValues] {
        guard case .batch = settings.normalization else { return [] }
        return statistics.sorted { $0.key < $1.key }.filter { !graph.parameters[$0.key].isTrainable }.map {
            NamedValues(graph.parameters[$0.key].name, $0.value)
        }
    }

    /// Bytes of values and their gradients: what `Settings.memoryLimit` limits.
    public var plannedBytes: Int { memory.plannedBytes }

    /// Values that are computed anew on the way back.
    public var recomputedCount: Int { memory.plan.recomputed.values.reduce(0) { $0 + $1.count } }

    /// Bytes of values, gradients of values and scratch; parameters and their gradients not counted.
    public var workingBytes: Int { memory.bytes }

    /// The first node whose value is not finite after `forward`, or whose largest magnitude exceeds `limit`.
    ///
    /// Only values that are still there are looked at: outputs and whatever `backward` needs.
    public func firstUnhealthyValue(limit: Float = 1e6) -> (name: Name, value: Float)? {
        for (index, node) in graph.nodes.enumerated() where memory.plan.keepsValue(index) {
            let values = UnsafeBufferPointer(start: memory.value(index), count: node.shape.count)
            if let bad = values.first(where: { !($0.magnitude <= limit) }) { return (node.name, bad) }
        }
        return nil
    }
}

/// One node, forwards and backwards.
protocol DifferentiableStep {
    /// Floats of scratch that each thread needs.
    var scratchCount: Int { get }
    func forward(_ memory: DifferentiatorMemory)
    func backward(_ memory: DifferentiatorMemory)
    /// Writes the value of the latest `forward` once more, on the way back.
    func recompute(_ memory: DifferentiatorMemory)
}

extension DifferentiableStep {
    var scratchCount: Int { 0 }

    func recompute(_ memory: DifferentiatorMemory) {
        preconditionFailure("only normalisations and convolutions are computed anew")
    }
}
