// `ocellus detect --annotate`: pictures with what was found in them.
import Foundation
import OcellusFiles
import OcellusImage
import Testing

struct AnnotateTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try FixedModel.write(to: folder.path("fixed.safetensors"))
        try PictureFile.write(try FixedModel.picture(), path: folder.path("a.jpg"), quality: 100)
    }

    private func annotate(_ pictures: String..., to target: String) throws -> Outcome {
        try Ocellus.run(
            ["detect", "--model", "fixed.safetensors", "--maximum", "1", "--annotate", target] + pictures,
            in: folder.path)
    }

    @Test("the box is drawn where it was found, the rest of the picture stays")
    func drawing() throws {
        let outcome = try annotate("a.jpg", to: "made/out")
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("ms  -> made/out/a.jpg\n"))
        let source = try PictureFile.read(path: folder.path("a.jpg"))
        let drawn = try PictureFile.read(path: folder.path("made/out/a.jpg"))
        #expect(drawn.width == 300)
        #expect(drawn.height == 300)
        // The box reaches from 0,0 to 39.54,39.54.
        #expect(difference(source, drawn, x: 39, y: 20) > 60)
        #expect(difference(source, drawn, x: 20, y: 39) > 60)
        #expect(difference(source, drawn, x: 200, y: 200) < 12)
    }

    @Test("sources of one name get files of their own")
    func names() throws {
        try folder.makeFolder("other")
        try PictureFile.write(try FixedModel.picture(), path: folder.path("other/a.png"))
        let outcome = try annotate("a.jpg", "other/a.png", to: "out")
        #expect(outcome.status == 0)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path("out")).sorted() == ["a-2.jpg", "a.jpg"])
    }

    @Test("a source is never replaced, by whatever name its folder is called")
    func source() throws {
        let before = try Data(contentsOf: URL(fileURLWithPath: folder.path("a.jpg")))
        let outcome = try annotate("a.jpg", to: folder.path)
        #expect(outcome.status == 1)
        #expect(
            outcome.errors == "ocellus: \(folder.path)/a.jpg: the annotated picture would replace its source: "
                + "choose another folder with --annotate\n")
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path("a.jpg"))) == before)
    }

    @Test("no picture that is searched is replaced, neither its own source nor another's")
    func otherSource() throws {
        try folder.makeFolder("both")
        for name in ["both/x.jpeg", "both/x.jpg"] {
            try folder.write(name, PictureFile.encode(try FixedModel.picture(), .jpeg))
        }
        let before = try Data(contentsOf: URL(fileURLWithPath: folder.path("both/x.jpg")))
        let outcome = try annotate("both", to: "both")
        #expect(outcome.status == 1)
        #expect(
            outcome.errors.contains("both/x.jpg: the annotated picture would replace another picture that is searched"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path("both/x.jpg"))) == before)
    }

    @Test("a folder that cannot be made is said before any work")
    func badFolder() throws {
        let outcome = try annotate("a.jpg", to: "a.jpg/out")
        #expect(outcome.status == 1)
        #expect(outcome.output == "")
        #expect(outcome.errors.hasPrefix("ocellus: cannot make the folder a.jpg/out for annotated pictures: "))
    }

    /// The largest difference of a channel at a pixel.
    private func difference(_ a: RGBImage, _ b: RGBImage, x: Int, y: Int) -> Int {
        (0..<3).map { channel in
            let at = (y * a.width + x) * 3 + channel
            return abs(Int(a.pixels.pointer[at]) - Int(b.pixels.pointer[at]))
        }.max() ?? 0
    }
}
