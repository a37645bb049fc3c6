// The face model inside the library on faces whose points people set, from the shared photographs.
import Ocellus
import OcellusData
import OcellusEvaluation
import OcellusModels
import OcellusTensor
import TestSupport
import Testing

@Suite("The face model", .enabled(if: SharedFolder.exists && EmbeddedModel.hasFace, "no shared photographs"))
struct FaceModelTests {
    /// Every sixth held back picture of the collection with points by people.
    private static func pictures() throws -> [LabelledPicture] {
        let dataset = try Dataset.read(try #require(SharedFolder.path("data/faces")))
        let held = dataset.pictures.filter { $0.splits == ["val"] && $0.source == "cvpr13" }
        return stride(from: 0, to: held.count, by: 6).map { index in
            var picture = held[index]
            for truth in picture.truths.indices where picture.truths[truth].landmarkWeight < 1 {
                picture.truths[truth].landmarks = nil
            }
            return picture
        }
    }

    private static func measured(_ model: Model) throws -> FaceMeasures {
        var options = Detector.Options()
        options.scoreThreshold = 0.02
        let run = try DetectorEvaluation(try Detector(model, options: options), classes: ["face"])
        for picture in try pictures() { try run.add(picture) }
        return try #require(run.faces.first { $0.smallestHeight == 32 })
    }

    @Test("points are within a twentieth of the eyes' distance, and further off without the second look")
    func points() throws {
        let model = try EmbeddedModel.face()
        let (with, without) = (try Self.measured(model), try Self.measured(model.refining(nil)))
        #expect(with.landmarkErrors.count >= 70 && with.landmarkErrors.count == without.landmarkErrors.count)
        let (error, coarse) = (try #require(with.nme), try #require(without.nme))
        #expect(error < 0.05 && error < 0.8 * coarse, "\(error), \(coarse) without")
        // Faces themselves are the detector's business.
        let precision = try #require(with.ap50)
        #expect(precision == without.ap50 && precision > 0.97)
    }
}
