// One run of training in memory: what a step is, from samples to changed weights. When to measure, save and stop is
// FineTune's business.
import CTrainingKernels
import OcellusData
import OcellusDetection
import OcellusModels
import OcellusNetwork
import OcellusQuantization
import OcellusTensor

/// A model in training. One thread at a time.
public final class TrainingSession {
    /// What a step came to.
    public struct Report: Sendable {
        /// Steps done, this one included.
        public var step: Int
        public var loss: LossParts
        /// Of the gradient before it was shortened.
        public var gradientNorm: Float
        public var rate: Float
        /// Objects that no anchor was left for.
        public var unmatched: Int
    }

    public let description: ModelDescription
    public let settings: TrainingSettings
    /// Steps done.
    public private(set) var step = 0
    let differentiator: Differentiator
    private let reader: any BatchMaker
    private let objective: Objective
    private let optimizer: any Optimizer
    private let average: WeightAverage?
    private let sums: [Buffer<Float>]
    private let statistics: [NamedValues]

    /// Trains `model` on `source`.
    ///
    /// - Parameter simulation: roundings of a folded model, for quantisation-aware training.
    ///
    /// Throws `.invalidArgument` for an int8 model, samples of another size or settings out of range, `.outOfMemory`.
    public convenience init(
        _ model: Model, source: SampleSource, settings: TrainingSettings, teacher: TeacherModel? = nil,
        simulation: TrainingSimulation? = nil
    ) throws(OcellusError) {
        try self.init(
            model,
            reader: BatchReader(
                source, model.description.preprocessing, threads: settings.threads,
                detail: teacher?.detail(settings.distillation)),
            settings: settings, teacher: teacher, simulation: simulation)
    }

    init(
        _ model: Model, reader: any BatchMaker, settings: TrainingSettings, teacher: TeacherModel? = nil,
        simulation: TrainingSimulation? = nil
    ) throws(OcellusError) {
        guard model.quantized == nil else {
            throw OcellusError(.invalidArgument, "an int8 model cannot be trained: give the float model it was made of")
        }
        let architecture = model.description.architecture
        let learnsFeatures = teacher != nil && (settings.distillation?.featureWeight ?? 0) > 0
        let taps = learnsFeatures ? FeatureTap.all(of: model.graph, architecture) : []
        let differentiator = try Differentiator(
            model.graph.exposing(taps.map(\.node)), model.parameters,
            Differentiator.Settings(
                batch: settings.batch, threads: settings.threads, normalization: settings.normalization,
                simulation: simulation,
                memoryLimit: settings.memoryLimit),
            isTrained: { settings.rateFactor(architecture.part(of: $0)) > 0 })
        for parameter in differentiator.parameters {
            parameter.rateFactor = settings.rateFactor(architecture.part(of: parameter.name))
        }
        description = model.description
        self.settings = settings
        self.differentiator = differentiator
        self.reader = reader
        objective = try Objective(
            model.description, differentiator, settings: settings, teacher: teacher,
            taps: taps)
        let parameters = differentiator.parameters
        switch settings.optimizer {
        case .sgd(let momentum): optimizer = try SGD(parameters, momentum: momentum, decay: settings.decay)
        case .adamW(let beta1, let beta2):
            optimizer = try AdamW(parameters, beta1: beta1, beta2: beta2, decay: settings.decay)
        }
        statistics = differentiator.statistics.sorted { $0.key < $1.key }.map {
            NamedValues(differentiator.graph.parameters[$0.key].name, $0.value)
        }
        average = try settings.average.map { decay throws(OcellusError) in
            try WeightAverage(parameters, statistics: differentiator.movingStatistics, decay: decay)
        }
        var sums: [Buffer<Float>] = []
        if settings.accumulation > 1 {
            for parameter in parameters { sums.append(try Buffer(count: parameter.gradient.count)) }
        }
        self.sums = sums
    }

    /// One step: `accumulation` batches forwards and backwards, then the weights change.
    ///
    /// Throws what reading pictures throws, and `.invalidData` that names what is not finite any more.
    public func advance() throws(OcellusError) -> Report {
        var parts = LossParts()
        var unmatched = 0
        for pass in 0..<settings.accumulation {
            let first = (step * settings.accumulation + pass) * settings.batch
            let batch = try reader.read(
                first: first, count: settings.batch, into: differentiator.input, differentiator.memory.pool)
            try objective.prepare(batch, differentiator)
            differentiator.forward()
            let loss = try objective.evaluate(batch.labels, differentiator)
            unmatched += loss.unmatched
            parts.add(loss.parts, share: 1 / Float(settings.accumulation))
            if !parts.isFinite, let bad = differentiator.firstUnhealthyValue() {
                throw OcellusError(
                    .invalidData,
                    "step \(step + 1): the layer \(bad.name) put out \(bad.value); lower the learning rate, lengthen the warm-up "
                        + "or clip gradients. Checkpoints are from before this")
            }
            try DivergenceCheck.check(parts, step: step + 1)
            differentiator.backward()
            accumulate(pass)
        }
        let norm = GradientClipping.clip(differentiator.parameters, to: settings.clip)
        if !norm.isFinite { try DivergenceCheck.check(differentiator.parameters, step: step + 1) }
        let rate = settings.schedule.rate(at: step)
        try optimizer.step(rate: rate)
        try average?.update()
        step += 1
        return Report(step: step, loss: parts, gradientNorm: norm, rate: rate, unmatched: unmatched)
    }

    /// The mean gradient of several passes.
    private func accumulate(_ pass: Int) {
        guard settings.accumulation > 1 else { return }
        let share = 1 / Float(settings.accumulation)
        for (parameter, sum) in zip(differentiator.parameters, sums) {
            if pass == 0 { sum.pointer.update(repeating: 0, count: sum.count) }
            otk_accumulate(sum.pointer, parameter.gradient.pointer, share, sum.count)
            if pass == settings.accumulation - 1 {
                parameter.gradient.pointer.update(from: sum.pointer, count: sum.count)
            }
        }
    }

    /// The model as it is now, with averaged weights where there are some.
    public func model() throws(OcellusError) -> Model {
        average?.exchange()
        defer { average?.exchange() }
        return try Model(description, try differentiator.snapshot())
    }

    /// Bytes of values, gradients and scratch.
    public var workingBytes: Int { differentiator.workingBytes }

    /// Bytes of values and gradients alone: what `TrainingSettings.memoryLimit` limits.
    public var plannedBytes: Int { differentiator.plannedBytes }

    /// Values that are computed anew on the way back.
    public var recomputedCount: Int { differentiator.recomputedCount }

    private var checkpoint: Checkpoint {
        Checkpoint(
            parameters: differentiator.parameters, statistics: statistics, optimizer: optimizer, average: average)
    }

    /// Writes the run as it is; see `Checkpoint.write`.
    public func save(to path: String, progress: TrainingProgress) throws(OcellusError) {
        var progress = progress
        progress.step = step
        progress.seed = settings.seed
        progress.settings.merge(settings.fingerprint) { own, _ in own }
        try checkpoint.write(progress, to: path)
    }

    /// Goes on where a saved run was, bit for bit; see `Checkpoint.restore`.
    public func restore(
        from path: String, settings extra: [String: String] = [:]
    ) throws(OcellusError) -> Checkpoint.Restored {
        let restored = try checkpoint.restore(
            from: path, settings: settings.fingerprint.merging(extra) { own, _ in own })
        step = restored.progress.step
        return restored
    }
}
