// `ocellus refine` on two tiny sets: what it writes, what it refuses.
import Foundation
import Testing

struct RefineTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.writeFaces()
    }

    private func refine(_ out: String = "new.safetensors", model: String = "face", _ more: [String] = []) throws
        -> Outcome
    {
        try Ocellus.run(
            [
                "refine", "--data", "faces", "--model", model, "--out", out, "--steps", "6", "--batch", "8",
                "--measure-every", "3", "--threads", "2",
            ] + more, in: folder.path)
    }

    private func detections(_ model: String) throws -> [[String: Any]] {
        let found = try Ocellus.run(["detect", "faces/images/b.png", "--model", model, "--json"], in: folder.path)
        let line = try JSONSerialization.jsonObject(with: Data(found.output.utf8)) as? [String: Any]
        return try #require(line?["detections"] as? [[String: Any]])
    }

    @Test("the model is the same but for its points, says so, and what is made of it keeps them")
    func whole() throws {
        let outcome = try refine()
        #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
        for text in [
            "1 picture to learn from, 1 to measure on: NME 0.", "step 3  points moved by", "int8    ", "after   NME 0.",
        ] {
            #expect(outcome.output.contains(text), "\(text) in \(outcome.output)")
        }
        #expect(FileManager.default.fileExists(atPath: folder.path("new.safetensors.run/refiner-curve.png")))
        let info = try Ocellus.run(["info", "new.safetensors"], in: folder.path)
        #expect(
            info.output.contains("refined on the 16 tallest faces: 41,") && info.output.contains("landmarks refined"))
        let (old, new) = (try detections("face"), try detections("new.safetensors"))
        #expect(old.count == new.count && !new.isEmpty)
        for (one, other) in zip(old, new) {
            #expect(
                one["box"] as? [Double] == other["box"] as? [Double]
                    && one["score"] as? Double == other["score"] as? Double)
            #expect(one["landmarks"] as? [[Double]] != other["landmarks"] as? [[Double]])
        }
        let adjusted = try Ocellus.run(
            ["adjust", "new.safetensors", "--sizes", "10=0.1", "--out", "adjusted.safetensors"], in: folder.path)
        #expect(adjusted.status == 0)
        let points = try detections("adjusted.safetensors").map { $0["landmarks"] as? [[Double]] }
        #expect(points == new.map { $0["landmarks"] as? [[Double]] })
        let exported = try Ocellus.run(["export", "new.safetensors", "--out", "new.onnx"], in: folder.path)
        #expect(exported.status == 0 && exported.errors.contains("what refines its landmarks"))
        // A second run would take the first one's place.
        let again = try refine()
        #expect(again.status == 1 && again.errors.contains("holds a run already: go on with it by --resume"))
        #expect(try refine("new.safetensors", model: "face", ["--resume"]).status == 0)
    }

    @Test("what cannot be refined, or from, is refused, and nothing is written")
    func refused() throws {
        for (arguments, status, reason) in [
            (["--batch", "6"], 2, "--batch 6: must be a multiple of 4"),
            (["--steps", "0"], 2, "--steps 0: must be 1 to"),
            (["--rate", "nan"], 2, "--rate nan: must be above 0"),
            (["--threads", "0"], 2, "--threads 0: must be 1 to 64"),
            (["--out", "new.txt"], 2, "the name must end in .safetensors"),
            (["--validation", "other"], 1, "no list called 'other'"),
        ] as [([String], Int32, String)] {
            let outcome = try refine("new.safetensors", model: "face", arguments)
            #expect(outcome.status == status && outcome.errors.contains(reason), "\(arguments): \(outcome.errors)")
        }
        // Points of a machine that are not to count leave nothing to learn from.
        try folder.writeFaces(pointScore: 0.9)
        let outcome = try refine("new.safetensors", model: "face", ["--machine-landmark-weight", "0"])
        #expect(
            outcome.status == 1
                && outcome.errors.contains("no picture to learn from has a face with landmarks that count"))
        #expect(!FileManager.default.fileExists(atPath: folder.path("new.safetensors")))
        #expect(!FileManager.default.fileExists(atPath: folder.path("new.safetensors.run")))
    }
}
