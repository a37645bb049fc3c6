// `ocellus quantize`: what it says about folders, pictures and models, and the model it leaves.
import Foundation
import OcellusFiles
import Testing

struct QuantizeTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try FixedModel.write(to: folder.path("fixed.safetensors"))
        try folder.makeFolder("empty")
        try folder.makeFolder("words")
        try folder.write("words/notes.txt", Array("no picture".utf8))
        try folder.makeFolder("pictures/inner")
        try PictureFile.write(try FixedModel.picture(), path: folder.path("pictures/a.ppm"))
        try PictureFile.write(
            try FixedModel.picture(width: 200, height: 120), path: folder.path("pictures/inner/b.png"))
    }

    private func quantize(_ model: String, _ data: String, _ more: String...) throws -> Outcome {
        try Ocellus.run(["quantize", model, "--data", data, "--out", "out"] + more, in: folder.path)
    }

    private func detect(_ model: String) throws -> Outcome {
        try Ocellus.run(["detect", "pictures/a.ppm", "--model", model, "--json"], in: folder.path)
    }

    @Test("folders without pictures, files that are no models and missing ones are said, and leave no model")
    func refused() throws {
        var text = ""
        for (model, data) in [
            ("fixed.safetensors", "missing"), ("fixed.safetensors", "empty"), ("fixed.safetensors", "words"),
            ("missing.safetensors", "pictures"), ("words/notes.txt", "pictures"),
        ] {
            let outcome = try quantize(model, data)
            #expect(outcome.status == 1, "\(model) \(data)")
            text += "$ ocellus quantize \(model) --data \(data) --out out\n\(outcome.transcript)"
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path("out")))
        try Snapshot.expect(text, "quantize-refused")
    }

    @Test("the table of layers is shown, and the model that was written detects")
    func table() throws {
        let outcome = try quantize("fixed.safetensors", "pictures", "--force", "--method", "minmax")
        try Snapshot.expect(outcome.transcript, "quantize")
        let info = try Ocellus.run(["info", "out"], in: folder.path)
        #expect(info.status == 0 && info.output.contains("2 pictures, minmax"))
        let (float, integer) = (try detect("fixed.safetensors"), try detect("out"))
        // Every weight is 0: heads are their biases, which integers hold to one part in 2^27.
        #expect(float.status == 0 && float.output.contains("\"score\":0.75"))
        #expect(integer.output == float.output && integer.errors == float.errors)
    }

    @Test("a picture that cannot be read is skipped and said")
    func unreadable() throws {
        try folder.write("pictures/broken.jpg", [0xFF, 0xD8, 0xFF, 0xE0, 0, 0])
        let outcome = try quantize("fixed.safetensors", "pictures", "--force")
        #expect(outcome.status == 0 && outcome.output.contains("(mse)"))
        #expect(outcome.errors.contains("broken.jpg") && outcome.output.contains("calibrated on 2 pictures"))
        try folder.makeFolder("broken")
        try folder.write("broken/a.jpg", [0xFF, 0xD8, 0xFF, 0xE0, 0, 0])
        let nothing = try quantize("fixed.safetensors", "broken", "--force")
        #expect(nothing.status == 1 && nothing.errors.contains("calibration needs pictures"))
    }

    @Test("a model of integers cannot be quantised again")
    func again() throws {
        #expect(try quantize("fixed.safetensors", "pictures", "--force").status == 0)
        let before = try Data(contentsOf: URL(fileURLWithPath: folder.path("out")))
        let outcome = try Ocellus.run(
            ["quantize", "out", "--data", "pictures", "--out", "twice"], in: folder.path)
        #expect(outcome.status == 1)
        #expect(outcome.errors == "ocellus: out: int8 already: quantise the float model that it was made of\n")
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path("out"))) == before)
    }

    @Test("the float model is never replaced, and counts and methods are checked")
    func usage() throws {
        let before = try Data(contentsOf: URL(fileURLWithPath: folder.path("fixed.safetensors")))
        let same = try Ocellus.run(
            ["quantize", "fixed.safetensors", "--data", "pictures", "--out", "./fixed.safetensors"], in: folder.path)
        #expect(same.status == 2)
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path("fixed.safetensors"))) == before)
        for more in [["--images", "0"], ["--images", "-3"], ["--method", "best"], ["--out", ""]] {
            #expect(
                try Ocellus.run(
                    ["quantize", "fixed.safetensors", "--data", "pictures", "--out", "out"] + more, in: folder.path
                ).status == 2, "\(more)")
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path("out")))
    }

    @Test("each method of calibration leaves a model", arguments: ["minmax", "average", "percentile", "mse"])
    func methods(method: String) throws {
        let outcome = try quantize("fixed.safetensors", "pictures", "--force", "--method", method, "--images", "1")
        #expect(outcome.status == 0 && outcome.output.contains("calibrated on 1 picture (\(method))"))
    }
}
