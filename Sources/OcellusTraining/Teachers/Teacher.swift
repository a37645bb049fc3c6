// Who a student learns from besides its labels (arXiv 1503.02531).
import OcellusDetection
import OcellusModels
import OcellusTensor

/// A trained network whose answers a student learns from.
public enum TeacherModel {
    /// A float model of the student's anchors, classes and preprocessing: its rows are the student's aims as they are.
    case network(Model)
    /// A face detector without anchors: its faces become aims as a person's labels do, with its scores for certainty.
    case faces(YuNet)
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
    /// Looks at a batch, [batch, height, width, 3] as the student gets it.
    ///
    /// Throws `.invalidData` when what the teacher puts out is no detection.
    func answers(for input: UnsafePointer<Float>) throws(OcellusError) -> TeacherAnswers
    /// A value within and its shape, after `answers(for:)`; nil unless it was asked for when the teacher was made.
    func value(of name: Name) -> UnsafeBufferPointer<Float>?
    func shape(of name: Name) -> Shape?
}

extension TeacherModel {
    /// The teacher for a student's batches. `anchors` are the student's; `taps` names values within to be compared.
    ///
    /// Throws `.invalidArgument` for a teacher that does not fit the student.
    func prepared(
        for student: ModelDescription, anchors: Anchors, taps: [Name], settings: TrainingSettings, pool: ThreadPool
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
            guard taps.isEmpty else {
                throw OcellusError(
                    .invalidArgument,
                    "YuNet has none of the student's layers (\(student.architecture.name)): leave the teacher's features "
                        + "out")
            }
            return try FaceTeacher(network, student: student, anchors: anchors, settings: settings, pool: pool)
        }
    }
}
