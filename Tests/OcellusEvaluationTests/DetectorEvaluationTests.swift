// What of a picture's labels a detector is measured by.
import Ocellus
import OcellusData
import OcellusDetection
import OcellusFiles
import OcellusImage
import OcellusModels
import TestSupport
import Testing

@testable import OcellusEvaluation

struct DetectorEvaluationTests {
    private func evaluation(_ truths: [GroundTruth]) throws -> DetectorEvaluation {
        let detector = try Detector(.smallRandom(.retinaFaceMobileNet025, seed: 4))
        let evaluation = try DetectorEvaluation(detector, classes: ["tie", "face"])
        try evaluation.add(RGBImage(width: 64, height: 48), truths)
        return evaluation
    }

    @Test("an object of which nothing is in the picture does not count; one that reaches out is taken as it is")
    func outside() throws {
        let truths = [
            Box(left: -9, top: 5, right: 20, bottom: 40), Box(left: 64, top: 5, right: 80, bottom: 40),
            Box(left: 5, top: -20, right: 20, bottom: 0), Box(left: 10, top: 10, right: 64, bottom: 48),
        ].map { GroundTruth(box: $0, label: 2) }
        #expect(try evaluation(truths).pictures[0].truths == [truths[0], truths[3]])
    }

    @Test("objects of classes that the model does not have are no faces")
    func faces() throws {
        let box = Box(left: 10, top: 10, right: 40, bottom: 45)
        let truths = [GroundTruth(box: box, label: 1), GroundTruth(box: box, label: 2)]
        let evaluation = try evaluation(truths)
        #expect(evaluation.unknownClasses == ["tie"])
        #expect(evaluation.findable[0].truths == [truths[1]])
        #expect(evaluation.faces[0].faceCount == 1)
        let objects = ObjectMeasures(evaluation.pictures, classes: ["tie", "face"])
        #expect(objects.classes.map(\.truthCount) == [1, 1])
    }

    @Test("a pixel of a picture has as many of the network's as it is drawn with")
    func scales() {
        var input = Architecture.retinaFaceMobileNet025.defaultDescription().preprocessing
        #expect(input.scales(width: 600, height: 200) == (0.5, 0.5))
        input.fit = .stretch
        #expect(input.scales(width: 600, height: 200) == (0.5, 1.5))
    }
}
