// Learning from another network's rows for the same anchors, with or without labels (arXiv 1503.02531).
// Theory: docs/training.md. The loops are in CTrainingKernels.
import CTrainingKernels
import Glibc
import OcellusDetection
import OcellusTensor

/// Compares a student's rows with a teacher's. One thread at a time: it has working memory for one batch.
public final class DistillationLoss {
    /// The parts, each per expected foreground anchor and before its weight.
    public struct Parts: Sendable, Equatable {
        public var classification: Float = 0
        public var boxes: Float = 0
        public var landmarks: Float = 0
        /// With all weights: what is added to the loss.
        public var total: Float = 0
    }

    public let settings: DistillationSettings
    /// The teacher's and the student's foreground scores, and what becomes of them.
    private let teacherScores: Buffer<Float>
    private let weights: Buffer<Float>

    /// `rows`: the most rows, batch times anchors. Throws `.invalidArgument` for settings out of range, `.outOfMemory`.
    public convenience init(settings: DistillationSettings = DistillationSettings(), rows: Int) throws(OcellusError) {
        try settings.check()
        self.init(settings, try Buffer(count: rows), try Buffer(count: rows))
    }

    private init(_ settings: DistillationSettings, _ teacherScores: Buffer<Float>, _ weights: Buffer<Float>) {
        self.settings = settings
        self.teacherScores = teacherScores
        self.weights = weights
    }

    /// The loss of a batch. Its derivative by each number of `student` is ADDED to `gradients`: call it after the loss
    /// of the labels, or clear them first. A teacher without landmarks teaches none.
    ///
    /// - Parameter heard: 0 for rows about which the teacher is not asked, 1 for the others; all are when nil.
    ///
    /// Throws `.invalidArgument` for rows that do not fit each other.
    public func evaluate(
        _ student: HeadRows, teacher: HeadRows, gradients: HeadGradients, heard: Buffer<Float>? = nil
    ) throws(OcellusError) -> Parts {
        let rows = student.boxes.count / 4
        let classes = try gradients.classes(of: student, count: rows)
        guard teacher.scores.count == student.scores.count, teacher.boxes.count == student.boxes.count,
            teacher.landmarks == nil || teacher.landmarks?.count == rows * 10, rows <= weights.count,
            heard == nil || heard?.count == rows
        else {
            throw OcellusError(
                .invalidArgument,
                "a teacher with \(teacher.scores.count) scores and \(teacher.boxes.count) box offsets for a student "
                    + "with \(student.scores.count) and \(student.boxes.count) in a loss for \(weights.count) rows; "
                    + "expected the same anchors and classes")
        }
        let foreground = weighRows(student, teacher, rows, heard)
        let each = settings.weight / foreground
        var soft = otk_soft_rows(
            student: student.scores.baseAddress, teacher: teacher.scores.baseAddress, weights: weights.pointer,
            rows: rows, classes: classes, gradients: gradients.scores.baseAddress, scale: each,
            temperature: settings.temperature)
        var parts = Parts()
        let divergence: Double
        switch settings.scoreActivation {
        case .softmax: divergence = otk_softmax_divergence(&soft)
        case .sigmoid: divergence = otk_sigmoid_divergence(&soft)
        }
        parts.classification = Float(divergence / Double(foreground))
        for row in 0..<rows {  // (13)
            let score = teacherScores.pointer[row]
            weights.pointer[row] = score > settings.regressionThreshold ? score : 0
        }
        parts.boxes = regression(
            student.boxes, teacher.boxes, gradients.boxes, rows, settings.boxWeight, each, foreground)
        if let own = student.landmarks, let aims = teacher.landmarks, let added = gradients.landmarks {
            parts.landmarks = regression(own, aims, added, rows, settings.landmarkWeight, each, foreground)
        }
        parts.total =
            settings.weight
            * (parts.classification + settings.boxWeight * parts.boxes + settings.landmarkWeight * parts.landmarks)
        return parts
    }

    /// Fills `weights` for the classes and returns the expected number of foreground anchors, at least 1. (11), (12)
    private func weighRows(_ student: HeadRows, _ teacher: HeadRows, _ rows: Int, _ heard: Buffer<Float>?) -> Float {
        var sum = settings.scoreActivation.foreground(of: teacher, into: teacherScores)
        if let heard {
            sum = 0
            for row in 0..<rows {
                teacherScores.pointer[row] *= heard.pointer[row]
                sum += Double(teacherScores.pointer[row])
            }
        }
        let foreground = Float(max(sum, 1))
        _ = settings.scoreActivation.foreground(of: student, into: weights)
        sum = 0
        for row in 0..<rows {
            let score = teacherScores.pointer[row]
            let disagreement = abs(score - weights.pointer[row])
            let power =
                settings.disagreementExponent == 1 ? disagreement : pow(disagreement, settings.disagreementExponent)
            weights.pointer[row] = (1 - score) * power * (heard?.pointer[row] ?? 1)
            sum += Double(weights.pointer[row])
        }
        let share = min(1, settings.backgroundRatio * foreground / Float(max(sum, 1e-30)))
        for row in 0..<rows { weights.pointer[row] = teacherScores.pointer[row] + share * weights.pointer[row] }
        return foreground
    }

    private func regression(
        _ values: UnsafeBufferPointer<Float>, _ aims: UnsafeBufferPointer<Float>,
        _ gradients: UnsafeMutableBufferPointer<Float>, _ rows: Int, _ weight: Float, _ each: Float,
        _ foreground: Float
    ) -> Float {
        var list = otk_regression_rows(
            values: values.baseAddress, targets: aims.baseAddress, rows: rows, columns: values.count / rows,
            gradients: gradients.baseAddress, scale: weight * each, beta: settings.beta)
        return Float(otk_smooth_l1(&list, nil, weights.pointer) / Double(foreground))
    }
}
