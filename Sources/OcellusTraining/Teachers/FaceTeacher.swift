// A face detector without the student's anchors as its teacher: what it finds is matched to the anchors as labels are.
import OcellusDetection
import OcellusImage
import OcellusModels
import OcellusNetwork
import OcellusTensor

/// Runs YuNet over the student's batches and makes rows of the student's anchors out of its faces.
final class FaceTeacher: Teacher {
    /// Fainter ones are background.
    private static let faintest: Float = 0.1
    private static let overlap: Float = 0.45
    private static let limit = 400

    /// One a thread.
    private let executors: [FloatExecutor]
    private let frame: YuNetFrame
    private let enlargement: Float
    private let batch: Int
    private let inputCount: Int
    private let aims: FaceAims
    private let features: YuNetFeatures?
    private let pool: ThreadPool

    /// Throws what `FaceAims` and `YuNetFeatures` throw.
    init(
        _ network: YuNet, student: ModelDescription, anchors: Anchors, taps: [FeatureTap], settings: TrainingSettings,
        pool: ThreadPool
    ) throws(OcellusError) {
        enlargement = settings.distillation?.enlargement ?? 1
        frame = YuNetFrame(student.preprocessing, enlargement: enlargement)
        let folding = Folding(try YuNet.declare(height: frame.height, width: frame.width))
        executors = try FloatExecutor.workers(pool.threads, folding.graph, try folding.apply(network.parameters))
        aims = try FaceAims(student, anchors: anchors, settings: settings, workers: pool.threads)
        features =
            taps.isEmpty
            ? nil
            : try YuNetFeatures(
                network, taps: taps, input: student.preprocessing, batch: settings.batch, threads: pool.threads)
        batch = settings.batch
        inputCount = student.preprocessing.elementCount
        self.pool = pool
    }

    func answers(for view: TeacherView) throws(OcellusError) -> TeacherAnswers {
        guard view.detailed.count == batch else {
            throw OcellusError(
                .invalidArgument, "\(view.detailed.count) pictures for a teacher that looks at \(batch) at a time")
        }
        _ = try pool.results(batch) { picture, worker throws(OcellusError) in
            guard !view.empty.contains(picture) else { return try aims.write([], picture: picture, worker: worker) }
            let faces = try look(at: view.detailed[picture], executors[worker])
            try aims.write(faces, picture: picture, worker: worker)
            features?.write(view.input + picture * inputCount, picture: picture, worker: worker)
        }
        return aims.answers
    }

    /// The faces in a picture, in pixels of the student's input.
    private func look(at picture: RGBImage, _ executor: FloatExecutor) throws(OcellusError) -> [TaughtFace] {
        try frame.write(picture, into: executor.input)
        executor.run()
        return FaceTeacher.rows(executor).faces(
            from: FaceTeacher.faintest, overlap: FaceTeacher.overlap, limit: FaceTeacher.limit
        ).map { $0.reduced(by: enlargement) }
    }

    var featuresAreMapped: Bool { true }

    var values: TeacherValues { features?.values ?? TeacherValues() }

    private static func rows(_ executor: FloatExecutor) -> YuNetRows {
        let shape = executor.graph.inputShape
        func values(_ name: Name) -> UnsafePointer<Float> {
            UnsafePointer(executor.value(of: executor.graph.output(named: name) ?? 0))
        }
        return YuNetRows(
            classes: values("classes"), objects: values("objects"), boxes: values("boxes"),
            landmarks: values("landmarks"), height: shape.height, width: shape.width)
    }
}
