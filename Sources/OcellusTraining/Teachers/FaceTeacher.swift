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

    private let executor: FloatExecutor
    private let frame: YuNetFrame
    private let enlargement: Float
    private let batch: Int
    private let aims: FaceAims
    private let pool: ThreadPool

    /// Throws what `FaceAims` throws.
    init(
        _ network: YuNet, student: ModelDescription, anchors: Anchors, settings: TrainingSettings, pool: ThreadPool
    ) throws(OcellusError) {
        enlargement = settings.distillation?.enlargement ?? 1
        frame = YuNetFrame(student.preprocessing, enlargement: enlargement)
        let graph = try YuNet.declare(height: frame.height, width: frame.width)
        let folding = Folding(graph)
        executor = try FloatExecutor(
            folding.graph.batched(settings.batch), try folding.apply(network.parameters), pool: pool)
        aims = try FaceAims(student, anchors: anchors, settings: settings, workers: pool.threads)
        batch = settings.batch
        self.pool = pool
    }

    func answers(for view: TeacherView) throws(OcellusError) -> TeacherAnswers {
        guard view.detailed.count == batch else {
            throw OcellusError(
                .invalidArgument, "\(view.detailed.count) pictures for a teacher that looks at \(batch) at a time")
        }
        let count = executor.graph.inputShape.count / batch
        _ = try pool.results(batch) { picture, _ throws(OcellusError) in
            try frame.write(view.detailed[picture], into: executor.input + picture * count)
        }
        executor.run()
        _ = try pool.results(batch) { picture, worker throws(OcellusError) in
            let faces = rows(picture).faces(
                from: FaceTeacher.faintest, overlap: FaceTeacher.overlap, limit: FaceTeacher.limit
            ).map { $0.reduced(by: enlargement) }
            try aims.write(faces, picture: picture, worker: worker)
        }
        return aims.answers
    }

    func value(of name: Name) -> UnsafeBufferPointer<Float>? { nil }

    func shape(of name: Name) -> Shape? { nil }

    private func rows(_ picture: Int) -> YuNetRows {
        let shape = executor.graph.inputShape
        let first = picture * YuNetRows.count(height: shape.height, width: shape.width)
        func values(_ name: Name, _ columns: Int) -> UnsafePointer<Float> {
            UnsafePointer(executor.value(of: executor.graph.output(named: name) ?? 0)) + first * columns
        }
        return YuNetRows(
            classes: values("classes", 1), objects: values("objects", 1), boxes: values("boxes", 4),
            landmarks: values("landmarks", 2 * Landmarks.count), height: shape.height, width: shape.width)
    }
}
