// Learning from a teacher's rows against PyTorch.
import OcellusDetection
import OcellusTraining
import TestSupport
import Testing

struct DistillationTests {
    struct Case: Sendable, CustomStringConvertible {
        let name: String
        let settings: DistillationSettings
        var description: String { name }
    }

    static let cases = [
        Case(
            name: "distillation",
            settings: DistillationSettings(
                weight: 0.7, temperature: 2, disagreementExponent: 2, boxWeight: 2, landmarkWeight: 0.5)),
        Case(
            name: "distillation_face",
            settings: DistillationSettings(backgroundRatio: 0.5, regressionThreshold: 0.5, beta: 0.5)),
        Case(
            name: "distillation_sigmoid",
            settings: DistillationSettings(scoreActivation: .sigmoid, temperature: 1.5)),
    ]

    @Test("distillation is PyTorch's, added to what is there", arguments: cases)
    func pyTorch(_ example: Case) throws {
        let golden = try LossGolden(example.name)
        let (student, teacher) = (try golden.heads(), try golden.heads("teacher_"))
        for gradients in [student.scoreGradients, student.boxGradients, student.landmarkGradients!] {
            gradients.elements.update(repeating: 1)
        }
        let loss = try DistillationLoss(settings: example.settings, rows: student.boxes.count / 4)
        let parts = try loss.evaluate(student.rows, teacher: teacher.rows, gradients: student.gradients)
        let expected = try golden.floats("parts")
        #expect(relativeError([parts.classification, parts.boxes, parts.landmarks], expected) < 2e-6)
        #expect(relativeError([parts.total], try golden.floats("total")) < 2e-6)
        for (found, name) in [
            (student.scoreGradients, "score"), (student.boxGradients, "box"), (student.landmarkGradients!, "landmark"),
        ] {
            let expected = try golden.floats("\(name)_gradients").map { $0 + 1 }
            #expect(relativeError(Array(found.elements), expected) < 2e-6)
        }
    }

    @Test("a student that equals its teacher has nothing to learn")
    func equal() throws {
        for example in DistillationTests.cases {
            let golden = try LossGolden(example.name)
            let (student, teacher) = (try golden.heads("teacher_"), try golden.heads("teacher_"))
            let loss = try DistillationLoss(settings: example.settings, rows: student.boxes.count / 4)
            let parts = try loss.evaluate(student.rows, teacher: teacher.rows, gradients: student.gradients)
            #expect(abs(parts.total) < 1e-5)
            #expect(student.scoreGradients.elements.allSatisfy { abs($0) < 1e-6 })
        }
    }

    @Test("a teacher of another size is refused")
    func refused() throws {
        let golden = try LossGolden("distillation")
        let (student, teacher) = (try golden.heads(), try LossGolden("distillation_face").heads("teacher_"))
        let loss = try DistillationLoss(rows: student.boxes.count / 4)
        expectError("expected the same anchors and classes") {
            _ = try loss.evaluate(student.rows, teacher: teacher.rows, gradients: student.gradients)
        }
        expectError("temperature of 0.0") {
            _ = try DistillationLoss(settings: DistillationSettings(temperature: 0), rows: 1)
        }
    }
}
