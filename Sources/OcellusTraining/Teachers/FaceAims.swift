// From the faces that a teacher sees to the rows that its student aims at: faces are matched to anchors as labels are, and
// every anchor of a face gets the face's score. Theory: docs/training.md.
import Glibc
import OcellusData
import OcellusDetection
import OcellusModels
import OcellusTensor

/// The aims of a batch. Distinct workers may write distinct pictures at the same time.
final class FaceAims {
    /// Faces whose smaller side is below this many pixels: nothing is said about them, as labels do not.
    static let smallestSide: Float = 8
    /// Scores stay this far from 0 and 1, which have no logits.
    private static let doubt: Float = 1e-3

    private let matchers: [AnchorMatcher]
    private let targets: AnchorTargets
    private let scores: Buffer<Float>
    private let heard: Buffer<Float>

    /// Throws `.invalidArgument` when the student is not a detector of faces with landmarks, `.outOfMemory`.
    init(
        _ student: ModelDescription, anchors: Anchors, settings: TrainingSettings, workers: Int
    ) throws(OcellusError) {
        guard student.labels == ["face"], student.architecture.landmarkCoder != nil else {
            throw OcellusError(
                .invalidArgument,
                "YuNet teaches detectors of faces with landmarks; the student (\(student.architecture.name)) finds "
                    + student.labels.joined(separator: ", "))
        }
        matchers = try AnchorMatcher.workers(
            workers, student.architecture, anchors: anchors, settings: settings.matching)
        targets = try AnchorTargets(batch: settings.batch, anchors: anchors.count)
        scores = try Buffer(count: targets.rows * 2)
        heard = try Buffer(count: targets.rows)
    }

    /// What was written, as a teacher's answers.
    var answers: TeacherAnswers {
        TeacherAnswers(
            rows: HeadRows(
                scores: UnsafeBufferPointer(scores.elements), boxes: UnsafeBufferPointer(targets.boxes.elements),
                landmarks: UnsafeBufferPointer(targets.landmarks.elements)),
            heard: heard)
    }

    /// Faces in pixels of the student's input. Throws what `AnchorMatcher.match` throws.
    func write(_ faces: [TaughtFace], picture: Int, worker: Int) throws(OcellusError) {
        // A landmark's weight is how certain it is: the score finds its anchors with it.
        try matchers[worker].match(
            faces.map { face in
                GroundTruth(
                    box: face.box, label: 1, landmarks: face.landmarks, landmarkWeight: min(face.score, 1),
                    isIgnored: min(face.box.width, face.box.height) < FaceAims.smallestSide)
            }, into: targets, picture: picture)
        for row in picture * targets.anchors..<(picture + 1) * targets.anchors {
            let label = targets.labels.pointer[row]
            let score = label > 0 ? targets.landmarkWeights.pointer[row] : 0
            let kept = min(max(score, FaceAims.doubt), 1 - FaceAims.doubt)
            scores.pointer[2 * row] = 0
            scores.pointer[2 * row + 1] = log(kept / (1 - kept))
            heard.pointer[row] = label < 0 ? 0 : 1
        }
    }
}
