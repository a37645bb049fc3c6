// Where labels and a teacher disagree: which of them is listened to, row by row.
import Glibc
import OcellusData
import OcellusDetection
import OcellusModels
import OcellusTensor
import TestSupport
import Testing

@testable import OcellusTraining

@Suite("hearing a teacher")
struct HearingTests {
    /// Teacher's logits of the five anchors of `MatcherTests.row` that make these foreground scores.
    private static func heads(_ scores: [Float]) throws -> (HeadRows, [Buffer<Float>]) {
        let logits = try Buffer<Float>(count: scores.count * 2)
        for (row, score) in scores.enumerated() {
            (logits.pointer[2 * row], logits.pointer[2 * row + 1]) = (0, log(score / (1 - score)))
        }
        let boxes = try Buffer<Float>(count: scores.count * 4)
        let rows = HeadRows(
            scores: UnsafeBufferPointer(logits.elements), boxes: UnsafeBufferPointer(boxes.elements), landmarks: nil)
        return (rows, [logits, boxes])
    }

    private static func settle(
        _ labels: [SampleLabels], _ scores: [Float]
    ) throws -> (labels: [Int32], heard: [Float], mistakes: [[Box]]) {
        let anchors = try MatcherTests.row()
        let matcher = try AnchorMatcher(anchors: anchors, settings: MatchingSettings(positive: 0.5, negative: 0.4))
        let targets = try AnchorTargets(batch: labels.count, anchors: anchors.count)
        for (picture, each) in labels.enumerated() { try matcher.match(each.truths, into: targets, picture: picture) }
        let hearing = try TeacherHearing(
            anchors, batch: labels.count, settings: DistillationSettings(objectScore: 0.5))
        let (heads, memory) = try heads(scores)
        withExtendedLifetime(memory) { hearing.settle(targets, labels, teacher: heads) }
        return (Array(targets.labels.elements), Array(hearing.rows.elements), hearing.mistakes)
    }

    @Test("an object that the labels leave out counts nowhere in their loss, and the teacher speaks")
    func incompleteLabels() throws {
        let truth = MatcherTests.truth(32, 42, 48, 58, label: 1)
        let found = try HearingTests.settle([SampleLabels([truth])], [0.1, 0.9, 0.6, 0.4, 0.2])
        #expect(found.labels == [0, 1, -1, 0, 0])
        #expect(found.heard == [1, 1, 1, 1, 1] && found.mistakes == [[]])
    }

    @Test("where there is surely none the teacher is not asked, and what it saw there is not learnt")
    func empty() throws {
        // The centres of the second and third anchors lie in the area, and that of the large one.
        let area = Box(left: 30, top: 30, right: 70, bottom: 70)
        let quiet = SampleLabels([], emptyAreas: [area])
        let found = try HearingTests.settle([quiet, quiet], [0.1, 0.4, 0.3, 0.4, 0.2, 0.9, 0.1, 0.7, 0.1, 0.1])
        #expect(found.labels == [0, 0, 0, 0, 0, -1, 0, 0, 0, 0])
        #expect(found.heard == [1, 0, 0, 1, 0, 1, 0, 0, 1, 0])
        #expect(found.mistakes[0].isEmpty && found.mistakes[1].count == 1)
        let mistake = try #require(found.mistakes[1].first)
        #expect(abs(mistake.left - 0.3) < 1e-6 && abs(mistake.bottom - 0.7) < 1e-6)
    }

    @Test("an area that reaches the input's edge has the anchors whose centres lie on that edge and beyond")
    func edges() throws {
        let description = Architecture.retinaFaceMobileNet025.defaultDescription()
        let anchors = try description.architecture.anchors(description.preprocessing)
        let beyond = anchors.boxes.count { $0.centreX >= 1 || $0.centreY >= 1 }
        try #require(beyond > 0)
        let targets = try AnchorTargets(batch: 1, anchors: anchors.count)
        targets.labels.elements.update(repeating: 0)
        let hearing = try TeacherHearing(anchors, batch: 1, settings: DistillationSettings(objectScore: 0.5))
        let (heads, memory) = try Self.heads([Float](repeating: 0.9, count: anchors.count))
        func heard(_ right: Float) -> Float {
            let area = Box(left: 0, top: 0, right: right, bottom: 300)
            withExtendedLifetime(memory) {
                hearing.settle(targets, [SampleLabels([], emptyAreas: [area])], teacher: heads)
            }
            return hearing.rows.elements.reduce(0, +)
        }
        #expect(heard(300) == 0)
        #expect(heard(299) > 0)
    }

    @Test("an object inside an empty area keeps its label and its teacher")
    func covered() throws {
        let truth = MatcherTests.truth(32, 42, 48, 58, label: 1)
        let labels = SampleLabels([truth], emptyAreas: [Box(left: 0, top: 0, right: 100, bottom: 100)])
        let found = try HearingTests.settle([labels], [0.1, 0.9, 0.1, 0.1, 0.1])
        #expect(found.labels == [0, 1, 0, 0, 0] && found.heard == [0, 1, 0, 0, 0] && found.mistakes == [[]])
    }

    @Test("rows that are not heard pull nowhere and do not weigh on the others")
    func unheard() throws {
        let golden = try LossGolden("distillation_face")
        let settings = DistillationSettings(backgroundRatio: 0.5, regressionThreshold: 0.5, beta: 0.5)
        let (student, teacher) = (try golden.heads(), try golden.heads("teacher_"))
        let rows = student.boxes.count / 4
        let loss = try DistillationLoss(settings: settings, rows: rows)
        let heard = try Buffer<Float>(count: rows)
        let silent = try loss.evaluate(
            student.rows, teacher: teacher.rows, gradients: student.gradients, heard: heard)
        #expect(silent.total == 0)
        #expect(student.scoreGradients.elements.allSatisfy { $0 == 0 })
        heard.elements.update(repeating: 1)
        let all = try loss.evaluate(
            student.rows, teacher: teacher.rows, gradients: student.gradients, heard: heard)
        #expect(relativeError([all.total], try golden.floats("total")) < 2e-6)
        heard.pointer[0] = 0
        student.gradients.scores.update(repeating: 0)
        _ = try loss.evaluate(student.rows, teacher: teacher.rows, gradients: student.gradients, heard: heard)
        let classes = student.rows.scores.count / rows
        #expect(student.scoreGradients.elements[..<classes].allSatisfy { $0 == 0 })
        #expect(student.scoreGradients.elements[classes...].contains { $0 != 0 })
    }
}
