// Pictures that came from memory: to training they are as if they had been read from files.
import OcellusDetection
import OcellusFiles
import OcellusTensor
import Testing

@testable import OcellusData

struct HeldPictureTests {
    private static let truth = GroundTruth(box: Box(left: 20, top: 30, right: 250, bottom: 200), label: 1)

    private static func source(_ picture: LabelledPicture, _ augmentation: Augmentation) throws -> SampleSource {
        let data = Dataset(name: "one", classes: ["thing"], pictures: [picture])
        return try SampleSource([data], augmentation: augmentation, inputWidth: 64, inputHeight: 64, seed: 5)
    }

    @Test(
        "a picture in memory gives the samples of the same picture in a file, reduced or not", arguments: [false, true])
    func sameSamples(_ composed: Bool) throws {
        let folder = try DataFolder()
        let image = try gradient(320, 240)
        try folder.write("a.png", try PictureFile.encode(image, .png))
        let file = LabelledPicture(path: folder.path + "/a.png", name: "a", truths: [Self.truth])
        let held = LabelledPicture(path: "a", name: "a", truths: [Self.truth], held: PictureStore.Picture(image))
        let before = Array(image.pixels.elements)
        let augmentation: Augmentation = composed ? .faces : .objects
        let (one, other) = (try Self.source(file, augmentation), try Self.source(held, augmentation))
        for index in 0..<20 {
            let (a, b) = (try one.sample(at: index), try other.sample(at: index))
            #expect(a.truths == b.truths)
            #expect(Array(a.image.pixels.elements) == Array(b.image.pixels.elements))
        }
        // Held in variables: pixels live as long as their picture.
        let (a, b) = (try one.plain(at: 0), try other.plain(at: 0))
        #expect(Array(a.image.pixels.elements) == Array(b.image.pixels.elements))
        #expect(Array(image.pixels.elements) == before)
    }

    @Test("lists of a dataset say what is trained on; without lists a tenth is held back, always the same")
    func parts() throws {
        let pictures = (0..<20).map { LabelledPicture(path: "\($0)", name: "\($0)") }
        var data = Dataset(name: "twenty", classes: [], pictures: pictures)
        let parts = try data.parts()
        #expect(parts.validation.pictures.count == 2 && parts.training.pictures.count == 18)
        #expect(try data.parts().validation.pictures == parts.validation.pictures)
        for index in 0..<20 { data.pictures[index].splits = [index < 5 ? "val" : "train"] }
        #expect(try data.parts().validation.pictures.map(\.name) == ["0", "1", "2", "3", "4"])
        #expect(throws: OcellusError.self) { try data.parts(validation: "test") }
    }
}
