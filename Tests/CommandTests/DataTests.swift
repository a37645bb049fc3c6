// `ocellus data` and `ocellus eval` on small datasets that the test writes.
import Foundation
import OcellusFiles
import OcellusImage
import Testing

struct DataTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func write(_ name: String, _ text: String) throws { try folder.write(name, Array(text.utf8)) }

    /// A VOC dataset with one fault of every kind that a labelling tool makes.
    private func writeFaulty() throws {
        try folder.makeFolder("bad/JPEGImages")
        try folder.makeFolder("bad/Annotations")
        try folder.makeFolder("bad/ImageSets/Main")
        let jpeg = try PictureFile.encode(try FixedModel.picture(width: 200, height: 100), .jpeg)
        for stem in ["a", "b", "c", "e"] { try folder.write("bad/JPEGImages/\(stem).jpg", jpeg) }
        try folder.write("bad/JPEGImages/d.jpg", Array(jpeg.prefix(jpeg.count / 2)))
        func object(_ name: String, _ corners: [Int]) -> String {
            let box = zip(["xmin", "ymin", "xmax", "ymax"], corners).map { "<\($0)>\($1)</\($0)>" }.joined()
            return "<object><name>\(name)</name><bndbox>\(box)</bndbox></object>"
        }
        func annotation(_ stem: String, width: Int = 200, _ objects: [String]) throws {
            try write(
                "bad/Annotations/\(stem).xml",
                "<annotation><filename>\(stem).jpg</filename><size><width>\(width)</width><height>100</height></size>"
                    + objects.joined() + "</annotation>")
        }
        try annotation(
            "a",
            [
                object("cat", [10, 10, 60, 60]), object("cat", [60, 10, 20, 60]), object("cat", [10, 10, 10, 60]),
                object("dog", [10, 10, 60, 60]), object("cat", [150, 10, 230, 60]), object("cat", [220, 10, 230, 60]),
                object("cat", [10, 10, 60, 60]),
            ])
        try annotation("b", width: 300, [object("cat", [10, 10, 60, 60])])
        try write("bad/Annotations/c.xml", "<annotation><object>")
        try annotation("d", [object("cat", [10, 10, 60, 60])])
        try annotation("gone", [object("cat", [10, 10, 60, 60])])
        try write("bad/ImageSets/Main/train.txt", "a\nb\nnowhere\n")
    }

    @Test("data check names every fault with its file and box, and fails")
    func check() throws {
        try writeFaulty()
        let outcome = try Ocellus.run(["data", "check", "bad", "--classes", "cat"], in: folder.path)
        #expect(outcome.status == 1)
        try Snapshot.expect(outcome.transcript, "data-check")
    }

    /// Two pictures, one of which has the two faces that the fixed model sees best.
    private func writeFaces() throws {
        try folder.makeFolder("faces/images")
        for name in ["a.png", "b.png"] {
            try PictureFile.write(try FixedModel.picture(), path: folder.path("faces/images/" + name))
        }
        try write("faces/label_val.txt", "# a.png\n0 0 39.54 39.54\n200 200 60 60\n# b.png\n")
        try FixedModel.write(to: folder.path("fixed.safetensors"))
    }

    @Test("data check of a whole dataset says so, and anchors fit its faces")
    func whole() throws {
        try writeFaces()
        let outcome = try Ocellus.run(["data", "check", "faces"], in: folder.path)
        #expect(outcome.status == 0)
        #expect(outcome.output.hasSuffix("0 errors, 0 warnings: can be trained on\n"))
        let anchors = try Ocellus.run(["data", "anchors", "faces", "--count", "2"], in: folder.path)
        #expect(anchors.output.contains("39.5    39.5"))
        #expect(anchors.output.contains("2 objects at 300x300: mean overlap 1.000, recall at 0.5 1.000"))
    }

    @Test("data show writes a sheet of the wanted size, the same for the same seed", arguments: ["plain", "faces"])
    func show(augmentation: String) throws {
        try writeFaces()
        var sheets: [Data] = []
        for name in ["one.png", "two.png"] {
            let outcome = try Ocellus.run(
                [
                    "data", "show", "faces", "--out", name, "--augmentation", augmentation, "--columns", "2", "--rows",
                    "1", "--size", "64",
                ], in: folder.path)
            #expect(outcome.status == 0)
            sheets.append(try Data(contentsOf: URL(fileURLWithPath: folder.path(name))))
        }
        #expect(sheets[0] == sheets[1])
        #expect(try PictureFile.size(path: folder.path("one.png")) == PixelSize(width: 140, height: 72))
    }

    @Test("data show takes no folder whose classes the first one lacks: its boxes would be gone")
    func showClasses() throws {
        try writeFaces()
        try writeFaulty()
        let outcome = try Ocellus.run(["data", "show", "faces", "bad", "--out", "out.png"], in: folder.path)
        #expect(outcome.status == 1 && outcome.errors.contains("bad: has the class 'cat', which faces does not have"))
        for name in ["out", "out.bmp"] {
            let wrong = try Ocellus.run(["data", "show", "faces", "--out", name], in: folder.path)
            #expect(wrong.status == 2 && wrong.errors.contains("--out \(name): the extension does not say the format"))
        }
    }

    @Test("eval measures a model whose answer is known, as a table, as JSON and as a plot")
    func eval() throws {
        try writeFaces()
        let arguments = ["eval", "--model", "fixed.safetensors", "--data", "faces", "--threshold", "0.5"]
        let table = try Ocellus.run(arguments + ["--plot", "plot.png"], in: folder.path)
        #expect(table.status == 0)
        try Snapshot.expect(table.output, "eval-table")
        let json = try Ocellus.run(
            arguments + ["--json", "--negatives", "faces/images", "--split", "val"], in: folder.path)
        try Snapshot.expect(json.output, "eval-json")
        #expect(try PictureFile.size(path: folder.path("plot.png")) == PixelSize(width: 800, height: 560))
    }

    @Test("data and model without a class in common, an unknown list and a folder without labels are refused")
    func refused() throws {
        try writeFaces()
        try writeFaulty()
        try folder.makeFolder("bare")
        var text = ""
        for arguments in [
            ["--data", "faces", "--split", "test"], ["--data", "bare"], ["--data", "nowhere"],
            ["--data", "faces", "--format", "coco"],
        ] {
            let outcome = try Ocellus.run(["eval", "--model", "fixed.safetensors"] + arguments, in: folder.path)
            #expect(outcome.status == 1)
            text += "$ ocellus eval \(arguments.joined(separator: " "))\n" + outcome.errors
        }
        try Snapshot.expect(text, "eval-refused")
    }
}
