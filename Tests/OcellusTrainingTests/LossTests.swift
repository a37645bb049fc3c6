// The detection loss against PyTorch and against finite differences.
import OcellusDetection
import OcellusTensor
import OcellusTraining
import TestSupport
import Testing

struct LossTests {
    struct Case: Sendable, CustomStringConvertible {
        let name: String
        let settings: LossSettings
        var description: String { name }
    }

    static let cases = [
        Case(
            name: "face",
            settings: LossSettings(
                classification: .hardNegatives(ratio: 3, least: 7), boxWeight: 2, landmarkWeight: 0.5)),
        Case(name: "ssd", settings: LossSettings(beta: 1 / 9, labelSmoothing: 0.1)),
        Case(
            name: "sigmoid",
            settings: LossSettings(
                classification: .hardNegatives(ratio: 3, least: 5), scoreActivation: .sigmoid, classWeight: 0.5,
                boxWeight: 3, beta: 0)),
        Case(
            name: "sigmoid_smoothed",
            settings: LossSettings(
                classification: .hardNegatives(ratio: 1.5), scoreActivation: .sigmoid, labelSmoothing: 0.2)),
        Case(name: "focal", settings: LossSettings(classification: .focal(alpha: 0.25, gamma: 2))),
        Case(name: "focal_half", settings: LossSettings(classification: .focal(alpha: 0.4, gamma: 0.5))),
        Case(
            name: "focal_sigmoid",
            settings: LossSettings(classification: .focal(alpha: 0.25, gamma: 1.5), scoreActivation: .sigmoid)),
    ]

    @Test("losses and gradients are PyTorch's", arguments: cases)
    func pyTorch(_ example: Case) throws {
        let golden = try LossGolden(example.name)
        let (heads, targets) = (try golden.heads(), try golden.targets())
        // What was in the gradients before does not matter.
        heads.scoreGradients.elements.update(repeating: 7)
        let loss = try MultiBoxLoss(settings: example.settings, rows: targets.rows)
        let parts = try loss.evaluate(heads.rows, targets, gradients: heads.gradients)
        let expected = try golden.floats("parts")
        let found = [parts.classification, parts.boxes, parts.landmarks].prefix(expected.count)
        #expect(relativeError(Array(found), expected) < 1e-6)
        #expect(relativeError([parts.total], try golden.floats("total")) < 1e-6)
        #expect(relativeError(Array(heads.scoreGradients.elements), try golden.floats("score_gradients")) < 2e-6)
        #expect(relativeError(Array(heads.boxGradients.elements), try golden.floats("box_gradients")) < 1e-6)
        if let landmarks = heads.landmarkGradients {
            #expect(relativeError(Array(landmarks.elements), try golden.floats("landmark_gradients")) < 1e-6)
        }
    }

    @Test("gradients are the slopes of the value", arguments: cases)
    func finiteDifferences(_ example: Case) throws {
        let golden = try LossGolden(example.name)
        let (heads, targets) = (try golden.heads(), try golden.targets())
        let loss = try MultiBoxLoss(settings: example.settings, rows: targets.rows)
        // A fixed normaliser, and small numbers: which negatives are hardest must not change with a step.
        for index in 0..<heads.scores.count { heads.scores.pointer[index] *= 0.1 }
        _ = try loss.evaluate(heads.rows, targets, gradients: heads.gradients, normaliser: 1)
        let slopes = Array(heads.scoreGradients.elements)
        var random = SeededGenerator(seed: 5)
        let step: Float = 1 / 64
        var compared = 0
        for _ in 0..<300 {
            let index = random.integer(0...heads.scores.count - 1)
            guard slopes[index] != 0 else { continue }
            let value = heads.scores.pointer[index]
            var sides: [Float] = []
            for side in [value + step, value - step] {
                heads.scores.pointer[index] = side
                let parts = try loss.evaluate(heads.rows, targets, gradients: heads.gradients, normaliser: 1)
                sides.append(example.settings.classWeight * parts.classification)
            }
            heads.scores.pointer[index] = value
            #expect(abs((sides[0] - sides[1]) / (2 * step) - slopes[index]) < 2e-3 * max(1, abs(sides[0])))
            compared += 1
        }
        #expect(compared > 10)
    }

    @Test("a normaliser from outside scales value and gradient")
    func normaliser() throws {
        let golden = try LossGolden("face")
        let (first, second, targets) = (try golden.heads(), try golden.heads(), try golden.targets())
        let loss = try MultiBoxLoss(rows: targets.rows)
        let own = try loss.evaluate(first.rows, targets, gradients: first.gradients)
        let half = try loss.evaluate(
            second.rows, targets, gradients: second.gradients, normaliser: Float(own.positives) * 2)
        #expect(relativeError([half.total * 2], [own.total]) < 1e-6)
        #expect(
            relativeError(second.scoreGradients.elements.map { $0 * 2 }, Array(first.scoreGradients.elements)) < 1e-6)
    }

    @Test("a batch without objects has a finite loss, from its least negatives alone")
    func empty() throws {
        let golden = try LossGolden("face")
        let (heads, targets) = (try golden.heads(), try golden.targets())
        for picture in 0..<targets.batch { targets.ignore(picture: picture) }
        targets.labels.elements[0..<20].update(repeating: 0)
        let none = try MultiBoxLoss(rows: targets.rows)
        #expect(try none.evaluate(heads.rows, targets, gradients: heads.gradients).total == 0)
        #expect(heads.scoreGradients.elements.allSatisfy { $0 == 0 })
        let some = try MultiBoxLoss(
            settings: LossSettings(classification: .hardNegatives(ratio: 3, least: 4)), rows: targets.rows)
        let parts = try some.evaluate(heads.rows, targets, gradients: heads.gradients)
        #expect(parts.total > 0 && parts.isFinite && parts.positives == 0 && parts.negatives == 4)
        #expect(heads.scoreGradients.elements.filter { $0 != 0 }.count == 8)
    }

    @Test("the background of a picture without objects counts as often as asked, that of the others once")
    func negativeWeight() throws {
        let golden = try LossGolden("face")
        let (once, often, targets) = (try golden.heads(), try golden.heads(), try golden.targets())
        // The last picture loses its objects.
        let last = (targets.batch - 1) * targets.anchors
        for row in last..<targets.rows { targets.labels.pointer[row] = min(targets.labels.pointer[row], 0) }
        func loss(_ weight: Int) throws -> MultiBoxLoss {
            let kind = LossSettings.Classification.hardNegatives(ratio: 3, least: 7, negativeWeight: weight)
            return try MultiBoxLoss(settings: LossSettings(classification: kind), rows: targets.rows)
        }
        let first = try loss(1).evaluate(once.rows, targets, gradients: once.gradients)
        let second = try loss(5).evaluate(often.rows, targets, gradients: often.gradients)
        let (slopes, steeper) = (Array(once.scoreGradients.elements), Array(often.scoreGradients.elements))
        let split = last * slopes.count / targets.rows
        #expect(steeper[..<split] == slopes[..<split])
        #expect(relativeError(Array(steeper[split...]), slopes[split...].map { 5 * $0 }) < 1e-6)
        #expect(slopes[split...].contains { $0 != 0 } && second.negatives == first.negatives)
        #expect(second.classification > first.classification && second.boxes == first.boxes)
        for weight in [0, 256] { expectError("must be 1 to 255") { _ = try loss(weight) } }
    }

    @Test("huge logits keep the loss finite, a NaN comes out and is named")
    func extremes() throws {
        let golden = try LossGolden("ssd")
        let (heads, targets) = (try golden.heads(), try golden.targets())
        for settings in LossTests.cases.map(\.settings) {
            for index in 0..<heads.scores.count { heads.scores.pointer[index] = index % 3 == 0 ? 1e4 : -1e4 }
            let loss = try MultiBoxLoss(settings: settings, rows: targets.rows)
            let parts = try loss.evaluate(heads.rows, targets, gradients: heads.gradients)
            #expect(parts.isFinite && heads.scoreGradients.elements.allSatisfy(\.isFinite))
            heads.scores.elements.update(repeating: .nan)
            let broken = try loss.evaluate(heads.rows, targets, gradients: heads.gradients)
            expectError("step 12: the classification") { try DivergenceCheck.check(broken, step: 12) }
        }
    }

    @Test("labels beyond the classes and rows of another size are refused")
    func refused() throws {
        let golden = try LossGolden("face")
        let (heads, targets) = (try golden.heads(), try golden.targets())
        let loss = try MultiBoxLoss(rows: targets.rows)
        targets.labels.pointer[3] = 2
        expectError("label 2 for a network with 2 classes") {
            _ = try loss.evaluate(heads.rows, targets, gradients: heads.gradients)
        }
        let small = try AnchorTargets(batch: 2, anchors: LossGolden.anchors)
        expectError("head rows for 64 anchors") { _ = try loss.evaluate(heads.rows, small, gradients: heads.gradients) }
        expectError("a beta of -1.0") { _ = try MultiBoxLoss(settings: LossSettings(beta: -1), rows: 1) }
        expectError("alpha 2.0") {
            _ = try MultiBoxLoss(
                settings: LossSettings(classification: .focal(alpha: 2, gamma: 2)), rows: 1)
        }
    }
}
