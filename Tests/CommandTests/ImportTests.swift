// `ocellus import`: what it says about files that become models and files that do not.
import Foundation
import OcellusFiles
import Testing

struct ImportTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try FixedModel.write(to: folder.path("fixed.safetensors"))
    }

    private func importing(_ arguments: String...) throws -> Outcome {
        try Ocellus.run(["import"] + arguments, in: folder.path)
    }

    @Test("a model file can be imported again, and then detects the same")
    func again() throws {
        let outcome = try importing("fixed.safetensors", "--out", "copy.safetensors")
        try Snapshot.expect(outcome.transcript, "import")
        #expect(try Ocellus.run(["info", "copy.safetensors"], in: folder.path).status == 0)
    }

    @Test("integers of our own are no weights to import; a device, a pipe or a link is not replaced by a file")
    func kept() throws {
        try folder.makeFolder("pictures")
        try PictureFile.write(try FixedModel.picture(), path: folder.path("pictures/a.ppm"))
        let integers = try Ocellus.shell(
            "$ocellus quantize fixed.safetensors --data pictures --out int8.safetensors --method minmax",
            in: folder.path)
        #expect(integers.status == 0, "\(integers.errors)")
        let again = try importing("int8.safetensors", "--out", "copy.safetensors")
        #expect(again.status == 1 && again.errors.contains("int8.safetensors: is an int8 model of ocellus already"))
        let pipe = try Ocellus.shell("mkfifo pipe && $ocellus import fixed.safetensors --out pipe", in: folder.path)
        #expect(
            pipe.status == 1 && pipe.errors.contains("cannot write pipe: expected a file, found a device or a pipe"))
        let link = try Ocellus.shell(
            """
            mkdir far && echo x > far/real && chmod 600 far/real && ln -s far/real link.safetensors \
                && $ocellus import fixed.safetensors --out link.safetensors > report \
                && test -p pipe && test -L link.safetensors && stat -c %a far/real && ls far
            """, in: folder.path)
        #expect(link.status == 0 && link.output == "600\nreal\n", "\(link.output)\(link.errors)")
    }

    @Test("files that are no weights, or of no known network, leave no model")
    func refused() throws {
        try folder.write("empty", [])
        try folder.write("words", Array("these are not weights".utf8))
        let strange =
            Array(#"{"conv.weight":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#.utf8)
        try folder.write(
            "strange.safetensors", [UInt8(strange.count), 0, 0, 0, 0, 0, 0, 0] + strange + [0, 0, 0, 0])
        try folder.write("labels", Array("\n\n".utf8))
        var text = ""
        for arguments in [
            ["empty"], ["words"], ["missing"], ["strange.safetensors"],
            ["strange.safetensors", "--architecture", "retinaface-mobilenet0.25"],
            ["fixed.safetensors", "--labels", "labels"], ["fixed.safetensors", "--labels", "missing"],
        ] {
            let outcome = try Ocellus.run(["import"] + arguments + ["--out", "out"], in: folder.path)
            #expect(outcome.status == 1, "\(arguments)")
            text += "$ ocellus import \(arguments.joined(separator: " ")) --out out\n\(outcome.transcript)"
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path("out")))
        try Snapshot.expect(text, "import-refused")
    }

    @Test("weights are never replaced by the model made of them")
    func sameFile() throws {
        let before = try Data(contentsOf: URL(fileURLWithPath: folder.path("fixed.safetensors")))
        let outcome = try importing("fixed.safetensors", "--out", "./fixed.safetensors")
        #expect(outcome.status == 2)
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path("fixed.safetensors"))) == before)
    }

    @Test("a model that cannot be written is said")
    func unwritable() throws {
        let outcome = try importing("fixed.safetensors", "--out", "nowhere/out")
        #expect(outcome.status == 1)
        #expect(outcome.errors == "ocellus: cannot write nowhere/out: No such file or directory\n")
    }
}
