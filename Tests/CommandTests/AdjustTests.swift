// `ocellus adjust`: scores moved in a model file, and what is no wish to move any.
import Foundation
import Ocellus
import OcellusModels
import OcellusNetwork
import OcellusTensor
import Testing

struct AdjustTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try FixedModel.write(to: folder.path("fixed.safetensors")) { _, _ in }
    }

    private func adjust(_ arguments: String...) throws -> Outcome {
        try Ocellus.run(["adjust"] + arguments, in: folder.path)
    }

    /// What the biases of the finest class head gained.
    private func gains(_ name: String) throws -> [Float] {
        let (old, new) = (
            try Model(ModelFile(path: folder.path("fixed.safetensors"))), try Model(ModelFile(path: folder.path(name)))
        )
        let bias: Name = "ClassHead.0.conv1x1.bias"
        let (before, after) = (try #require(old.parameters[bias]), try #require(new.parameters[bias]))
        return zip(before.values.elements, after.values.elements).map { $1 - $0 }
    }

    @Test("sizes and classes together; the file says so, and measurements of the model before are gone")
    func moved() throws {
        let outcome = try adjust(
            "fixed.safetensors", "--sizes", "10=-0.75,40=.5", "--classes", "face=0.25", "--out", "o.safetensors")
        #expect(outcome.status == 0 && outcome.errors == "")
        let changes = "anchors to 10 px by -0.75, anchors to 40 px by 0.5, face by 0.25"
        #expect(outcome.output == "o.safetensors: scores moved for \(changes)\n")
        #expect(try gains("o.safetensors") == [0, -0.5, 0, 0.75])
        #expect(try Ocellus.run(["info", "o.safetensors"], in: folder.path).output.contains(changes))
        let twice = try adjust("o.safetensors", "--sizes", "40=1", "--out", "twice.safetensors")
        #expect(twice.status == 0)
        #expect(try gains("twice.safetensors") == [0, 0.5, 0, 1.75])
        let both = try Ocellus.run(["info", "twice.safetensors"], in: folder.path)
        #expect(both.output.contains("\(changes); then anchors to 40 px by 1\n"))
    }

    @Test("the embedded model stays int8, and knows no more what the model before was measured at")
    func integers() throws {
        #expect(try adjust("face", "--sizes", "20=-0.75", "--out", "o").status == 0)
        let (model, face) = (try Model(ModelFile(path: folder.path("o"))), try EmbeddedModel.face())
        #expect(model.quantized != nil)
        #expect(face.description.provenance.contains { $0.key == "measured" })
        #expect(!model.description.provenance.contains { $0.key.hasPrefix("measured") })
    }

    @Test("nothing to move, what is no list, a model that would be replaced: wrong usage, and nothing is written")
    func usage() throws {
        let before = try Data(contentsOf: URL(fileURLWithPath: folder.path("fixed.safetensors")))
        for arguments in [
            ["--out", "o"], ["--sizes", "20=1", "--out", ""], ["--sizes", "20=1", "--out", "./fixed.safetensors"],
            ["--sizes", "20", "--out", "o"], ["--sizes", "20=x", "--out", "o"], ["--sizes", "x=1", "--out", "o"],
            ["--sizes", "0=1", "--out", "o"], ["--sizes", "nan=1", "--out", "o"], ["--sizes", "20=nan", "--out", "o"],
            ["--sizes", "20=1,", "--out", "o"], ["--sizes", "", "--out", "o"],
            ["--sizes", "20=1,20=2", "--out", "o"], ["--classes", "=1", "--out", "o"],
            ["--classes", "face=1,face=1", "--out", "o"],
        ] {
            let outcome = try Ocellus.run(["adjust", "fixed.safetensors"] + arguments, in: folder.path)
            #expect(outcome.status == 2, "\(arguments): \(outcome.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path("o")))
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path("fixed.safetensors"))) == before)
    }

    @Test("classes and sizes that the model lacks, and numbers beyond reason, are refused with the reason")
    func refused() throws {
        for (arguments, reason) in [
            (["--classes", "dog=1"], "has no class 'dog'"), (["--sizes", "9=1"], "no anchors of at most 9"),
            (["--sizes", "20=30"], "must be -20"),
        ] {
            let outcome = try Ocellus.run(
                ["adjust", "fixed.safetensors"] + arguments + ["--out", "o"], in: folder.path)
            #expect(outcome.status == 1 && outcome.errors.contains(reason), "\(outcome.errors)")
        }
        let missing = try adjust("none", "--sizes", "20=1", "--out", "o")
        #expect(missing.status == 1 && missing.errors.contains("none"))
        #expect(!FileManager.default.fileExists(atPath: folder.path("o")))
    }
}
