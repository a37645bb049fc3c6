// A refiner in training, in memory: what a step is, from squares to changed weights.
import CTrainingKernels
import OcellusDetection
import OcellusModels
import OcellusNetwork
import OcellusTensor

/// One run. One thread at a time; its pool computes.
final class RefinerSession {
    let settings: RefinerSettings
    /// Steps done.
    private(set) var step = 0
    private let graph: Graph
    private let squares: RefinerSquares
    private let differentiator: Differentiator
    private let optimizer: AdamW
    private let average: WeightAverage
    private let schedule: Schedule
    private let (offsets, begins, weights): (Buffer<Float>, Buffer<Float>, Buffer<Float>)
    private let answers: UnsafeMutableBufferPointer<Float>
    private let gradients: UnsafeMutableBufferPointer<Float>

    /// Starts from random numbers. Throws `.invalidArgument` for settings out of range, `.outOfMemory`.
    init(_ squares: RefinerSquares, _ settings: RefinerSettings) throws(OcellusError) {
        try settings.check()
        graph = try LandmarkRefiner.declare()
        let start = try Initialization.parameters(for: graph, seed: settings.seed) { name in
            name.hasPrefix(Name("refiner").appending(LandmarkRefiner.output))
        }
        let differentiator = try Differentiator(
            graph, start, Differentiator.Settings(batch: settings.batch, threads: settings.threads))
        guard let answers = differentiator.value(of: LandmarkRefiner.output),
            let gradients = differentiator.gradient(of: LandmarkRefiner.output)
        else { throw OcellusError(.unsupported, "the refiner has no output '\(LandmarkRefiner.output)'") }
        schedule = try Schedule(
            rate: settings.rate, warmUp: settings.warmUp, steps: settings.steps,
            shape: .cosine(final: settings.finalRate))
        optimizer = try AdamW(differentiator.parameters, beta1: 0.9, beta2: 0.99, decay: settings.decay)
        average = try WeightAverage(
            differentiator.parameters, statistics: differentiator.movingStatistics, decay: settings.average)
        offsets = try Buffer(count: answers.count)
        begins = try Buffer(count: answers.count)
        weights = try Buffer(count: settings.batch)
        self.settings = settings
        self.squares = squares
        self.differentiator = differentiator
        self.answers = answers
        self.gradients = gradients
    }

    /// One step. Throws what reading pictures throws, and `.invalidData` once a number is not finite any more.
    func advance() throws(OcellusError) -> TrainingSession.Report {
        let canvases = settings.batch / RefinerSquares.perCanvas
        try squares.read(
            first: step * canvases, canvases: canvases,
            into: RefinerSquares.Destination(
                input: differentiator.input, offsets: offsets.pointer, begins: begins.pointer, weights: weights.pointer),
            differentiator.memory.pool)
        differentiator.forward()
        var parts = LossParts()
        parts.landmarks = loss()
        parts.total = parts.landmarks
        parts.positives = weights.elements.count { $0 > 0 }
        try DivergenceCheck.check(parts, step: step + 1)
        differentiator.backward()
        let norm = GradientClipping.clip(differentiator.parameters, to: 10)
        if !norm.isFinite { try DivergenceCheck.check(differentiator.parameters, step: step + 1) }
        let rate = schedule.rate(at: step)
        try optimizer.step(rate: rate)
        try average.update()
        step += 1
        return TrainingSession.Report(step: step, loss: parts, gradientNorm: norm, rate: rate, unmatched: 0)
    }

    /// The mean over the coordinates of the faces, by their weights; its gradient is left where `backward` looks for it.
    private func loss() -> Float {
        let sum = max(weights.elements.reduce(0, +), 1) * Float(2 * Landmarks.count)
        gradients.update(repeating: 0)
        var rows = otk_regression_rows(
            values: answers.baseAddress, targets: offsets.pointer, rows: settings.batch, columns: 2 * Landmarks.count,
            gradients: gradients.baseAddress, scale: 1 / sum, beta: settings.beta)
        return Float(otk_smooth_l1(&rows, nil, weights.pointer) / Double(sum))
    }

    /// The network as it is now, folded, with averaged weights.
    func folded() throws(OcellusError) -> (graph: Graph, parameters: Parameters) {
        average.exchange()
        defer { average.exchange() }
        let folding = Folding(graph)
        return (folding.graph, try folding.apply(try differentiator.snapshot()))
    }

    private var checkpoint: Checkpoint {
        Checkpoint(
            parameters: differentiator.parameters,
            statistics: differentiator.movingStatistics, optimizer: optimizer, average: average)
    }

    /// Writes the run as it is; see `Checkpoint.write`.
    func save(to path: String, settings extra: [String: String]) throws(OcellusError) {
        let progress = TrainingProgress(
            step: step, seed: settings.seed, settings: settings.fingerprint.merging(extra) { own, _ in own })
        try checkpoint.write(progress, to: path)
    }

    /// Goes on where a saved run was, bit for bit; see `Checkpoint.restore`.
    func restore(from path: String, settings extra: [String: String]) throws(OcellusError) -> Checkpoint.Restored {
        let restored = try checkpoint.restore(
            from: path, settings: settings.fingerprint.merging(extra) { own, _ in own })
        step = restored.progress.step
        return restored
    }
}
