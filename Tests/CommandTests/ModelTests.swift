// Model files: shown by `ocellus info`, timed by `ocellus bench`, refused when they are none.
import Foundation
import OcellusFiles
import Testing

struct ModelTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try FixedModel.write(to: folder.path("fixed.safetensors"))
        try PictureFile.write(try FixedModel.picture(), path: folder.path("a.png"))
    }

    private func ocellus(_ arguments: String...) throws -> Outcome { try Ocellus.run(arguments, in: folder.path) }

    @Test("info shows what a model is")
    func info() throws {
        let outcome = try ocellus("info", "fixed.safetensors")
        #expect(outcome.status == 0)
        try Snapshot.expect(Snapshot.withoutMachine(outcome.transcript), "info-model")
    }

    @Test("info without a model shows the build")
    func build() throws {
        let lines = try ocellus("info").output.split(separator: "\n").map { $0.prefix { $0 != " " } }
        #expect(lines == ["ocellus", "kernels", "architectures", "models"])
    }

    @Test("the table of layers fits 120 columns and sums up all multiply-accumulates")
    func layers() throws {
        let outcome = try ocellus("info", "fixed.safetensors", "--layers")
        #expect(outcome.status == 0)
        #expect(outcome.output.split(separator: "\n").allSatisfy { $0.count <= 120 })
        #expect(outcome.output.contains(#/network +\d+\.\d+ ms, 222\.3 M multiply-accumulates, /#))
    }

    @Test("a dead layer and values that are no numbers are remarked on")
    func remarks() throws {
        try FixedModel.write(to: folder.path("ill.safetensors")) { name, values in
            if name == "LandmarkHead.2.conv1x1.bias" { values[0] = .nan }
            if name == "BboxHead.2.conv1x1.bias" { values[0] = 2e4 }
        }
        let outcome = try ocellus("info", "ill.safetensors", "--activations", "a.png")
        #expect(outcome.status == 0)
        let remarks = Dictionary(
            outcome.output.split(separator: "\n").compactMap { line in
                line.wholeMatch(of: /(\S+) .*  (dead: all zero|.* values are not finite|very large)/)
                    .map { (String($0.1), String($0.2).split(separator: "  ").last.map(String.init) ?? "") }
            }, uniquingKeysWith: { first, _ in first })
        #expect(remarks["body.stage1.0.0"] == "dead: all zero")
        // One of 20 channels in 10x10 positions.
        #expect(remarks["LandmarkHead.2.conv1x1"] == "100 values are not finite")
        #expect(remarks["BboxHead.2.conv1x1"] == "very large")
        #expect(remarks["input"] == nil)
    }

    @Test("bench prints the documented keys in their order")
    func bench() throws {
        let outcome = try ocellus("bench", "--model", "fixed.safetensors", "--runs", "3", "--json")
        #expect(outcome.status == 0)
        let keys = outcome.output.matches(of: /"(\w+)":/).map { String($0.1) }
        #expect(
            keys == [
                "model", "precision", "threads", "kernels", "macs", "runs", "median_ms", "min_ms", "p99_ms",
                "peak_rss_mb",
            ])
        #expect(outcome.output.contains(#""runs":3,"#))
        let text = try ocellus("bench", "--model", "fixed.safetensors", "--runs", "3", "--image", "a.png")
        #expect(text.output.contains(/detection  median \d+\.\d+ ms, minimum \d+\.\d+ ms/))
    }

    @Test("bench rests before each measured run, and does not count it")
    func benchPause() throws {
        let start = ContinuousClock.now
        let outcome = try ocellus("bench", "--model", "fixed.safetensors", "--runs", "3", "--pause", "300")
        #expect(ContinuousClock.now - start >= .milliseconds(900))
        #expect(outcome.output.contains("300 ms of rest before each detection"))
        let median = try #require(outcome.output.firstMatch(of: /median (\d+\.\d+) ms/)?.1)
        #expect(try #require(Double(median)) < 300)
    }

    @Test("files that are no models are refused with what they are")
    func badModels() throws {
        let model = try Data(contentsOf: URL(fileURLWithPath: folder.path("fixed.safetensors")))
        try folder.write("empty", [])
        try folder.write("truncated", Array(model.prefix(model.count / 2)))
        try folder.write("words", Array("this is not a model at all".utf8))
        try folder.write("pickle.pth", [0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20])
        try folder.write("archive.pth", [0x50, 0x4B, 0x03, 0x04, 0, 0, 0, 0, 0, 0])
        try folder.write("net.tflite", [0x1C, 0, 0, 0, 0x54, 0x46, 0x4C, 0x33, 0, 0])
        try folder.write("net.onnx", [0x08, 0x07, 0x12, 0x07, 0x70, 0x79, 0x74, 0x6F, 0x72, 0x63])
        let foreign = Array(#"{"__metadata__":{"format":"pt"}}"#.utf8)
        try folder.write("foreign.safetensors", [UInt8(foreign.count), 0, 0, 0, 0, 0, 0, 0] + foreign)
        try folder.makeFolder("folder")
        var text = ""
        for name in [
            "empty", "truncated", "words", "pickle.pth", "archive.pth", "net.tflite", "net.onnx", "foreign.safetensors",
            "folder", "missing", "a.png",
        ] {
            let outcome = try ocellus("detect", "a.png", "--model", name)
            #expect(outcome.status == 1, "\(name)")
            text += "$ --model \(name)\n\(outcome.transcript)"
        }
        try Snapshot.expect(text, "bad-models")
    }
}
