// Cases small enough to be worked out by hand.
import OcellusData
import OcellusDetection
import Testing

@testable import OcellusEvaluation

struct MeasuresTests {
    private let square = Box(left: 10, top: 10, right: 30, bottom: 30)
    private let elsewhere = Box(left: 100, top: 100, right: 120, bottom: 120)

    private func picture(_ truths: [GroundTruth], _ detections: [(Box, Float)]) -> EvaluatedPicture {
        EvaluatedPicture(
            truths: truths, detections: detections.map { ScoredBox(box: $0.0, label: 1, score: $0.1) })
    }

    private func ap50(_ pictures: [EvaluatedPicture]) -> Double? {
        ObjectMeasures(pictures, classes: ["a"]).classes[0].ap50
    }

    @Test("one object found first and one wrong detection after it make 1, before it 0.5")
    func order() {
        let truth = GroundTruth(box: square, label: 1)
        #expect(ap50([picture([truth], [(square, 0.9), (elsewhere, 0.5)])]) == 1)
        #expect(ap50([picture([truth], [(square, 0.5), (elsewhere, 0.9)])]) == 0.5)
    }

    @Test("the second detection of one object is wrong")
    func twice() {
        let measures = ObjectMeasures(
            [picture([GroundTruth(box: square, label: 1)], [(square, 0.9), (square, 0.8)])], classes: ["a"])
        #expect(measures.classes[0].curve.precision == [1, 0.5])
        #expect(measures.classes[0].curve.at(score: 0.85).precision == 1)
        // Where nothing is found nothing can be wrong or right.
        #expect(measures.classes[0].curve.at(score: 0.95) == (nil, 0))
    }

    @Test("a detection of a difficult object is neither right nor wrong, and the object need not be found")
    func difficult() {
        let truths = [
            GroundTruth(box: square, label: 1), GroundTruth(box: elsewhere, label: 1, isDifficult: true),
        ]
        let measures = ObjectMeasures([picture(truths, [(elsewhere, 0.9), (square, 0.8)])], classes: ["a"])
        #expect(measures.classes[0].truthCount == 1)
        #expect(measures.classes[0].curve.precision == [1])
        #expect(measures.classes[0].ap == 1)
    }

    @Test("a class without objects has no measure and does not pull the mean down")
    func noObjects() {
        let measures = ObjectMeasures(
            [picture([GroundTruth(box: square, label: 1)], [(square, 0.9)])], classes: ["a", "b"])
        #expect(measures.classes[1].ap50 == nil)
        #expect(measures.map50 == 1)
        #expect(ObjectMeasures([], classes: ["a"]).map50 == nil)
    }

    @Test("a face below the height may be found or not")
    func smallFaces() throws {
        let small = Box(left: 50, top: 50, right: 58, bottom: 58)
        let truths = [GroundTruth(box: square, label: 1), GroundTruth(box: small, label: 1)]
        let cases: [[(Box, Float)]] = [[(square, 0.5)], [(square, 0.5), (small, 0.9), (small, 0.8)]]
        for detections in cases {
            let measures = FaceMeasures([picture(truths, detections)], smallestHeight: 12)
            #expect(measures.faceCount == 1)
            #expect(measures.ap50 == 1)
        }
        // Seen at twice the size it counts, and its second detection is wrong.
        var enlarged = picture(truths, [(small, 0.9), (small, 0.8), (square, 0.5)])
        enlarged.inputScale = 2
        let measures = FaceMeasures([enlarged], smallestHeight: 12)
        #expect(measures.faceCount == 2)
        #expect(measures.curve.precision == [1, 0.5, 2.0 / 3])
    }

    @Test("landmarks moved by a tenth of the distance of the eyes have an error of 0.1")
    func landmarks() throws {
        var truth = Landmarks()
        for index in 0..<Landmarks.count { truth[index] = Point(x: Float(index) * 10, y: 5) }
        var found = truth
        for index in 0..<Landmarks.count { found[index].y += 1 }
        #expect(abs(FaceMeasures.landmarkError(found, truth) - 0.1) < 1e-6)
    }

    @Test("boxes that are inverted or not finite match nothing and end nothing")
    func hostileBoxes() {
        let bad = [
            Box(left: 30, top: 30, right: 10, bottom: 10), Box(left: .nan, top: 0, right: 5, bottom: 5),
            Box(left: -.infinity, top: 0, right: .infinity, bottom: 9),
        ]
        let measures = ObjectMeasures(
            [picture([GroundTruth(box: square, label: 1)], bad.map { ($0, 0.9) } + [(square, 0.5)])], classes: ["a"])
        #expect(measures.classes[0].curve.highestRecall == 1)
        #expect(measures.classes[0].curve.precision.last == 0.25)
    }

    @Test("what is found where nothing is counts by score")
    func falseFindings() {
        let findings = FalseFindings([picture([], [(square, 0.9), (square, 0.4)]), picture([], [])])
        #expect(findings.perPicture(score: 0.3) == 1)
        #expect(findings.perPicture(score: 0.5) == 0.5)
        #expect(findings.pictureShare(score: 0.3) == 0.5)
        #expect(FalseFindings([]).perPicture(score: 0) == 0)
    }
}
