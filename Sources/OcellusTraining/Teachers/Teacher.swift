// Who a student learns from besides its labels (arXiv 1503.02531).
import OcellusDetection
import OcellusImage
import OcellusModels
import OcellusNetwork
import OcellusTensor

/// A trained network whose answers a student learns from.
public enum TeacherModel {
    /// A float model of the student's anchors, classes and preprocessing: its rows are the student's aims as they are.
    case network(Model)
    /// A face detector without anchors: its faces become aims as a person's labels do, with its scores for certainty.
    case faces(YuNet)
}

/// A batch as a teacher may look at it.
struct TeacherView {
    /// [batch, height, width, 3] as the student gets it.
    var input: UnsafePointer<Float>
    /// The pictures in the detail that `TeacherModel.detail` asks for; empty when it asks for none.
    var detailed: [RGBImage] = []
    /// Numbers of pictures in which there is surely no object: whatever a teacher sees there, it is not heard.
    var empty: Set<Int> = []
}

/// What a teacher says about a batch; valid until it is asked about the next one.
struct TeacherAnswers {
    /// Rows of the student's anchors.
    var rows: HeadRows
    /// [rows]: 1 where it has an answer, 0 where it has none; nil when it has one everywhere.
    var heard: Buffer<Float>?
}

/// A teacher at work. One thread at a time.
protocol Teacher: AnyObject {
    /// Looks at a batch.
    ///
    /// Throws `.invalidArgument` for pictures of another number or size, `.invalidData` when what the teacher puts out is no
    /// detection.
    func answers(for view: TeacherView) throws(OcellusError) -> TeacherAnswers
    /// Whether the student's features need only determine the teacher's, see `MappedFeatureLoss`, or are to equal them.
    var featuresAreMapped: Bool { get }
    /// The values within that were asked for when the teacher was made, after `answers(for:)`.
    var values: TeacherValues { get }
}

extension FloatExecutor {
    /// One for each of `count` threads, for a picture at a time: a batch's values, layer by layer, would not stay in any
    /// cache. Throws what making one throws.
    static func workers(
        _ count: Int, _ graph: Graph, _ parameters: Parameters
    ) throws(OcellusError) -> [FloatExecutor] {
        var executors: [FloatExecutor] = []
        for _ in 0..<count { executors.append(try FloatExecutor(graph, parameters)) }
        return executors
    }
}

extension TeacherModel {
    /// How many times finer than the student's canvases those are that it looks at; nil for the student's own.
    func detail(_ settings: DistillationSettings?) -> Float? {
        switch self {
        case .network: return nil
        case .faces: return settings?.enlargement ?? 1
        }
    }

    /// The teacher for a student's batches. `anchors` are the student's; `taps` are its values to be compared.
    ///
    /// Throws `.invalidArgument` for a teacher that does not fit the student.
    func prepared(
        for student: ModelDescription, anchors: Anchors, taps: [FeatureTap], settings: TrainingSettings,
        pool: ThreadPool
    ) throws(OcellusError) -> any Teacher {
        switch self {
        case .network(let model):
            guard settings.distillation?.enlargement ?? 1 == 1 else {
                throw OcellusError(
                    .invalidArgument,
                    "a teacher with the student's anchors (\(model.description.architecture.name)) sees the student's "
                        + "pictures as they are: only YuNet can see them enlarged")
            }
            return try NetworkTeacher(model, student: student, batch: settings.batch, pool: pool, taps: taps)
        case .faces(let network):
            return try FaceTeacher(
                network, student: student, anchors: anchors, taps: taps, settings: settings, pool: pool)
        }
    }
}
