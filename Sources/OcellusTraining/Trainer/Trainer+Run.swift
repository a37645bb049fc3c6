// A trainer at work: the plan is made when the first run begins, so that a cancelled run goes on as it was.
import OcellusData
import OcellusModels
import OcellusTensor

extension Trainer {
    /// How far a run is, for people.
    public struct Progress: Sendable {
        public var phase = TrainingPhase.float
        /// Steps done and to do in this phase.
        public var step = 0
        public var steps = 0
        /// The epoch at work, 1 is the first, and epochs to do in this phase.
        public var epoch = 1
        public var epochs = 0
        public var loss = LossParts()
        public var rate: Float = 0
        /// The latest measurement and the best of this phase, 0...1; nil before there is one.
        public var metric: Double?
        public var bestMetric: Double?
        /// In this phase since the run began or went on, measurements not counted; 0 at first.
        public var picturesPerSecond: Double = 0
        /// Until the end of this phase, measurements not counted; nil at first.
        public var secondsLeft: Double?
    }

    /// What `run` reports.
    public enum Report {
        case step(Progress)
        case measured(Progress)
        case warning(String, Progress)
    }

    /// What the first run fixes.
    struct Prepared {
        var plan: FineTunePlan
        var epoch: Int
        var source: SampleSource
        var evaluation: [LabelledPicture]
    }

    /// Trains to the end, from where the state in the folder says. `report` says whether to go on; false cancels.
    ///
    /// Throws `.invalidArgument` when there are too few pictures or the folder holds a run of other settings, what
    /// pictures, disks and numbers throw, and `FineTune.Stopped` when it was cancelled: then it may be called again.
    public func run(report: (Report) -> Bool) throws {
        guard outcome == nil else { return }
        let prepared = try prepare()
        var progress = Progress()
        let batch = prepared.plan.float.batch * prepared.plan.float.accumulation
        var pace = TrainingPace(after: 0, of: 0, epoch: prepared.epoch, batch: batch)
        let cancelled = { [self] in isCancelled.load(ordering: .relaxed) }
        // A cancellation is used up by the run that it ends.
        defer { isCancelled.store(false, ordering: .relaxed) }
        try withoutActuallyEscaping(report) { report in
            func tell(_ event: Report) { if !report(event) { cancel() } }
            let run = FineTune(
                prepared.plan, source: prepared.source, evaluation: prepared.evaluation, stops: cancelled
            ) { event in
                switch event {
                case .phase(let phase, let steps, let resumedAt, let best):
                    progress = Progress(phase: phase, step: resumedAt, steps: steps)
                    progress.bestMetric = best
                    pace = TrainingPace(after: resumedAt, of: steps, epoch: prepared.epoch, batch: batch)
                    progress.epoch = pace.epochAtWork
                    progress.epochs = pace.epochs
                case .planned: break
                case .step(let step, of: _):
                    pace.advance(to: step.step)
                    progress.step = step.step
                    progress.epoch = pace.epochAtWork
                    progress.loss = step.loss
                    progress.rate = step.rate
                    progress.picturesPerSecond = pace.picturesPerSecond
                    progress.secondsLeft = pace.secondsLeft
                    tell(.step(progress))
                case .measured(let measurement, step: _, let isBest):
                    progress.metric = measurement.metric
                    if isBest { progress.bestMetric = measurement.metric }
                    tell(.measured(progress))
                    pace.leaveOut()
                case .warning(let text): tell(.warning(text, progress))
                }
            }
            outcome = try run.run(start)
        }
    }

    /// Measures before training and, once a run is finished, after it; before it, the later two are nil.
    ///
    /// Throws `.invalidArgument` without pictures, and what reading them throws.
    public func measurements() throws(OcellusError) -> (before: Measurement, float: Measurement?, int8: Measurement?) {
        let first: Measurement
        if let before {
            first = before
        } else {
            var evaluation = prepared?.evaluation
            if evaluation == nil { evaluation = try parts().validation }
            first = try Measurement(start, evaluation ?? [], threads: options.recipe.threads)
        }
        // Pictures may still be added until a run has begun.
        if prepared != nil { before = first }
        return (first, outcome?.float, outcome?.int8)
    }

    /// Writes the finished model. Throws `.invalidArgument` before a run is finished, `.io`.
    public func save(_ precision: Precision, to path: String) throws(OcellusError) {
        guard let outcome, let prepared else {
            throw OcellusError(.invalidArgument, "there is nothing to save: no run has come to its end yet")
        }
        let card = ModelCard(
            outcome: outcome, plan: prepared.plan, data: sources, from: self.path, teacher: nil,
            trainCount: prepared.source.count, evaluationCount: prepared.evaluation.count)
        let model = precision == .float ? outcome.floatModel : outcome.model
        try model.adding(card.provenance).write(to: path)
    }

    private func prepare() throws(OcellusError) -> Prepared {
        if let prepared { return prepared }
        let (train, validation) = try parts()
        let dataset = Dataset(name: "training pictures", classes: classes, pictures: train)
        var recipe = options.recipe
        let source = try SampleSource([dataset], for: start.description, seed: recipe.seed, store: store)
        let epoch = recipe.epochSteps(pictures: source.count)
        recipe.int8Steps = options.int8Epochs.map { $0 * epoch }
        recipe.measureEvery = options.measureEpochs * epoch
        var plan = try recipe.plan(for: start.description.architecture, epoch: epoch, folder: folder)
        plan.resumes = true
        plan.measuresBefore = false
        let result = Prepared(plan: plan, epoch: epoch, source: source, evaluation: validation)
        prepared = result
        return result
    }

    /// Pictures to learn from and to measure on; a tenth is held back where nobody said which.
    private func parts() throws(OcellusError) -> (training: [LabelledPicture], validation: [LabelledPicture]) {
        guard training.contains(where: { !$0.truths.isEmpty }) else {
            throw OcellusError(.invalidArgument, "no picture with an object to learn from: add some first")
        }
        guard validation.isEmpty else { return (training, validation) }
        guard training.count > 1 else {
            throw OcellusError(.invalidArgument, "one picture is too few: add another one to measure on")
        }
        let parts = Dataset(name: "pictures", classes: classes, pictures: training).separated(share: 0.1, seed: 0)
        return (parts.first.pictures, parts.second.pictures)
    }
}
