// Labelled objects are shown the more often the less sure a model is of them.
import Ocellus
import OcellusData
import OcellusDetection
import OcellusImage
import OcellusModels
import OcellusTensor
import TestSupport
import Testing

@testable import OcellusTraining

@Suite("mining objects")
struct ObjectMiningTests {
    private static let size = 96

    private static func model() throws -> Model {
        var description = Architecture.retinaFaceMobileNet025.defaultDescription()
        (description.preprocessing.inputWidth, description.preprocessing.inputHeight) = (size, size)
        return try Model(description, try FormulaParameters.make(try description.declare(), fresh: false))
    }

    /// Noise in memory, larger than the network's input, with the objects that `truths` makes of what the model sees.
    private static func picture(
        _ number: Int, by detector: Detector, _ truths: ([Detection]) -> [GroundTruth]
    ) throws -> LabelledPicture {
        let image = try RGBImage(width: 2 * size, height: size)
        var random = SeededGenerator(seed: UInt64(number))
        for index in 0..<image.pixels.count { image.pixels.pointer[index] = UInt8(random.next() >> 56) }
        return LabelledPicture(
            path: "\(number)", name: "\(number)", truths: truths(Array(try detector.detect(image.view))), source: "a",
            held: PictureStore.Picture(image))
    }

    @Test(
        "an object is chosen 1 + 4 (1 - s) times as often, a picture as its hardest; small, ignored and difficult ones once"
    )
    func weigh() throws {
        let model = try Self.model()
        var options = Detector.Options()
        options.scoreThreshold = ObjectMining.scoreThreshold
        let detector = try Detector(model, options: options)
        let nowhere = Box(left: -300, top: -300, right: -200, bottom: -200)
        var scores: [Float] = []
        // Boxes in pixels of the picture; the network sees it half as large.
        let sure = try Self.picture(1, by: detector) { found in
            let seen = found.filter { min($0.box.width, $0.box.height) >= 26 }.prefix(3)
            scores = seen.map(\.score)
            return seen.map { GroundTruth(box: $0.box, label: 1) }
        }
        try #require(!scores.isEmpty)
        let mixed = try Self.picture(2, by: detector) { _ in
            [
                GroundTruth(box: nowhere, label: 1), GroundTruth(box: nowhere, label: 1, isIgnored: true),
                GroundTruth(box: nowhere, label: 1, isDifficult: true),
                GroundTruth(box: Box(left: 10, top: 10, right: 30, bottom: 33), label: 1),
            ]
        }
        let empty = try Self.picture(3, by: detector) { _ in [] }
        var sets = [Dataset(name: "a", classes: ["face"], pictures: [sure, mixed, empty])]
        var calls = 0
        let seen = try ObjectMining.weigh(&sets, by: model, threads: 1) { calls = $0 }
        let wanted = scores.map { 1 + Int(4 * (1 - $0)) }
        #expect(sets[0].pictures[0].truthRepeats == wanted)
        #expect(sets[0].pictures[0].repeats == wanted.max())
        #expect(sets[0].pictures[1].truthRepeats == [5, 1, 1, 1] && sets[0].pictures[1].repeats == 5)
        #expect(sets[0].pictures[2] == empty && calls == 2)
        #expect(seen.objects == scores.count + 1 && seen.missed == scores.count { $0 < 0.5 } + 1)
        // A run that goes on must draw as it did.
        #expect(Fingerprint(sets[0].pictures).text != Fingerprint([sure, mixed, empty]).text)
    }
}
