// Everything about learning from a teacher in a batch: it looks at the input, contradictions with the labels are settled, its
// answers and features pull at the student's.
import OcellusData
import OcellusDetection
import OcellusModels
import OcellusTensor

/// A teacher and the losses that compare a student with it. One thread at a time.
final class Teaching {
    private let teacher: any Teacher
    private let distillation: DistillationLoss
    private let hearing: TeacherHearing
    /// Names of the values within that are compared.
    private let taps: [Name]
    /// What it said about the batch at hand.
    private var answers: TeacherAnswers?

    /// Throws what `TeacherModel.prepared` and `DistillationLoss` throw.
    init(
        _ model: TeacherModel, student: ModelDescription, anchors: Anchors, taps: [Name], settings: TrainingSettings,
        pool: ThreadPool
    ) throws(OcellusError) {
        let distillation = settings.distillation ?? DistillationSettings()
        self.taps = taps
        teacher = try model.prepared(for: student, anchors: anchors, taps: taps, settings: settings, pool: pool)
        self.distillation = try DistillationLoss(settings: distillation, rows: settings.batch * anchors.count)
        hearing = try TeacherHearing(anchors, batch: settings.batch, settings: distillation)
    }

    /// To be called before the student runs: its later values take the input's memory.
    func look(at batch: BatchContents, input: UnsafePointer<Float>) throws(OcellusError) {
        let empty = batch.labels.indices.filter { !hearing.listens(to: batch.labels[$0]) }
        answers = try teacher.answers(
            for: TeacherView(input: input, detailed: batch.detailed, empty: Set(empty)))
    }

    /// Settles who is right where the teacher and the labels disagree; see `TeacherHearing`.
    func settle(_ targets: AnchorTargets, _ labels: [SampleLabels]) {
        if let answers { hearing.settle(targets, labels, teacher: answers.rows, heard: answers.heard) }
    }

    /// What the teacher adds to the loss. Gradients of answers are added, those of features left where the differentiator looks.
    func evaluate(_ heads: Heads, _ differentiator: Differentiator) throws(OcellusError) -> Float {
        guard let answers else { return 0 }
        var total = try distillation.evaluate(
            heads.rows, teacher: answers.rows, gradients: heads.gradients, heard: hearing.rows
        ).total
        for tap in taps { total += try compare(tap, differentiator) }
        return total
    }

    private func compare(_ tap: Name, _ differentiator: Differentiator) throws(OcellusError) -> Float {
        guard let aim = teacher.value(of: tap)?.baseAddress, let shape = teacher.shape(of: tap),
            let value = differentiator.value(of: tap), let gradient = differentiator.gradient(of: tap)
        else {
            throw OcellusError(
                .invalidArgument,
                "nothing is trained before '\(tap)': thaw the backbone, or leave the teacher's features out")
        }
        let weight = distillation.settings.featureWeight
        return weight
            * FeatureLoss.evaluate(
                value, teacher: aim, gradient: gradient, weight: weight, shape: shape, holes: hearing.mistakes)
    }
}
