// What a step makes smaller: the loss of a batch's labels and, with one, of its teacher, and where their gradients go.
import OcellusData
import OcellusDetection
import OcellusModels
import OcellusNetwork
import OcellusTensor

/// The loss of the batches that a differentiator runs on. One thread at a time.
final class Objective {
    private let heads: Heads
    private let matchers: [AnchorMatcher]
    private let targets: AnchorTargets
    private let loss: MultiBoxLoss
    private let teaching: Teaching?
    private let pool: ThreadPool

    /// - Parameter taps: values within that are compared with the teacher's.
    ///
    /// Throws `.invalidArgument` for settings or a teacher that do not fit, `.unsupported` for a network without heads.
    init(
        _ description: ModelDescription, _ differentiator: Differentiator, settings: TrainingSettings,
        teacher: TeacherModel?, taps: [FeatureTap]
    ) throws(OcellusError) {
        let architecture = description.architecture
        let anchors = try architecture.anchors(description.preprocessing)
        pool = differentiator.memory.pool
        heads = try Heads(differentiator)
        matchers = try AnchorMatcher.workers(
            settings.threads, architecture, anchors: anchors, settings: settings.matching)
        targets = try AnchorTargets(batch: settings.batch, anchors: anchors.count)
        loss = try MultiBoxLoss(settings: settings.loss, rows: settings.batch * anchors.count)
        teaching = try teacher.map { teacher throws(OcellusError) in
            try Teaching(
                teacher, student: description, anchors: anchors, taps: taps, settings: settings,
                pool: differentiator.memory.pool)
        }
    }

    /// Lets the teacher look at a batch before the student runs over it.
    func prepare(_ batch: BatchContents, _ differentiator: Differentiator) throws(OcellusError) {
        try teaching?.look(at: batch, input: differentiator.input)
    }

    /// The loss of the batch that ran last; its gradient is left where `Differentiator.backward` looks for it.
    ///
    /// Returns its parts and how many objects no anchor was left for. Throws what `AnchorMatcher.match` throws.
    func evaluate(
        _ labels: [SampleLabels], _ differentiator: Differentiator
    ) throws(OcellusError) -> (parts: LossParts, unmatched: Int) {
        let unmatched = try match(labels)
        teaching?.settle(targets, labels)
        var parts = try loss.evaluate(heads.rows, targets, gradients: heads.gradients)
        if let teaching {
            parts.distillation = try teaching.evaluate(heads, differentiator)
            parts.total += parts.distillation
        }
        return (parts, unmatched)
    }

    private func match(_ labels: [SampleLabels]) throws(OcellusError) -> Int {
        try pool.results(labels.count) { index, worker throws(OcellusError) in
            try matchers[worker].match(labels[index].truths, into: targets, picture: index).unmatched
        }.reduce(0, +)
    }
}
