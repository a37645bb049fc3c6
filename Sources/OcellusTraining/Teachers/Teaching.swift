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
    private let features: FeatureTeaching
    /// What it said about the batch at hand.
    private var answers: TeacherAnswers?

    /// Throws what `TeacherModel.prepared` and `DistillationLoss` throw.
    init(
        _ model: TeacherModel, student: ModelDescription, anchors: Anchors, taps: [FeatureTap],
        settings: TrainingSettings, pool: ThreadPool
    ) throws(OcellusError) {
        let distillation = settings.distillation ?? DistillationSettings()
        teacher = try model.prepared(for: student, anchors: anchors, taps: taps, settings: settings, pool: pool)
        self.distillation = try DistillationLoss(settings: distillation, rows: settings.batch * anchors.count)
        hearing = try TeacherHearing(anchors, batch: settings.batch, settings: distillation)
        features = try FeatureTeaching(
            teacher, taps: taps, weight: distillation.featureWeight, batch: settings.batch, pool: pool)
    }

    /// To be called before the student runs: its later values take the input's memory.
    func look(at batch: BatchContents, input: UnsafePointer<Float>) throws(OcellusError) {
        let empty = Set(batch.labels.indices.filter { !hearing.listens(to: batch.labels[$0]) })
        answers = try teacher.answers(for: TeacherView(input: input, detailed: batch.detailed, empty: empty))
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
        total += try features.evaluate(hearing, differentiator)
        return total
    }
}
