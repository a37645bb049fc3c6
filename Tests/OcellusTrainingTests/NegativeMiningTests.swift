// Pictures without objects are weighed by what a model sees in them.
import Ocellus
import OcellusData
import OcellusImage
import OcellusModels
import OcellusTensor
import TestSupport
import Testing

@testable import OcellusTraining

@Suite("mining negatives")
struct NegativeMiningTests {
    /// Rectangles of two colours in memory, chosen for having no object when `isChosenEmpty`.
    private static func picture(_ number: Int, isChosenEmpty: Bool) throws -> LabelledPicture {
        let made = FormulaPicture(number, size: 64, classes: 2, smallest: 13)
        let image = try RGBImage(width: 64, height: 64)
        for index in made.pixels.indices { image.pixels.pointer[index] = made.pixels[index] }
        var picture = LabelledPicture(path: "\(number)", name: "\(number)", held: PictureStore.Picture(image))
        picture.isChosenEmpty = isChosenEmpty
        return picture
    }

    @Test("a picture is drawn the more often the surer something is seen in it; labelled ones stay as they are")
    func weigh() throws {
        var description = Architecture.retinaFaceMobileNet025.defaultDescription()
        (description.preprocessing.inputWidth, description.preprocessing.inputHeight) = (64, 64)
        let model = try Model(
            description, try FormulaParameters.make(try description.declare(), fresh: false))
        var options = Detector.Options()
        options.scoreThreshold = NegativeMining.scoreThreshold
        let detector = try Detector(model, options: options)
        let pictures = try (0..<8).map { try Self.picture($0, isChosenEmpty: $0 != 3) }
        var sets = [Dataset(name: "a", classes: ["face"], pictures: pictures)]
        var calls = 0
        let seen = try NegativeMining.weigh(&sets, by: model, threads: 1) { calls = $0 }
        var expected = 0
        for (index, picture) in pictures.enumerated() where index != 3 {
            let best = try detector.detect(try picture.read().view).first?.score
            if best != nil { expected += 1 }
            #expect(sets[0].pictures[index].repeats == 1 + Int(10 * (best ?? 0)))
        }
        #expect(seen == expected && expected > 0 && calls == 7)
        #expect(sets[0].pictures[3].repeats == 1)
        // A run that goes on must draw as it did.
        #expect(Fingerprint(sets[0].pictures).text != Fingerprint(pictures).text)
    }
}
