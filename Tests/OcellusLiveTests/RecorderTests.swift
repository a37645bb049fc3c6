// What a recording leaves in its folder: pictures with labels that say what was found.
import Foundation
import FoundationXML
import OcellusData
import OcellusDetection
import OcellusFiles
import OcellusModels
import OcellusTensor
import Testing

@testable import OcellusLive

struct RecorderTests {
    private let folder: TemporaryFolder
    private let description = Architecture.retinaFaceMobileNet025.defaultDescription()

    init() throws { folder = try TemporaryFolder() }

    private func settings(_ change: (inout Recorder.Settings) -> Void = { _ in }) -> Recorder.Settings {
        var settings = Recorder.Settings()
        settings.interval = 0
        change(&settings)
        return settings
    }

    /// Offers a frame and waits until it is written: the recorder leaves out what comes too fast.
    private func offer(_ recorder: Recorder, _ number: Int, _ scores: [Float], time: Double) throws {
        let before = recorder.saved
        let frame = Sample.frame(try Sample.picture(shade: number), number: number, timestamp: time)
        try recorder.offer(frame, scores.map { Sample.face(score: $0) })
        for _ in 0..<100 where recorder.saved == before && recorder.failure == nil && recorder.settings.wants(scores) {
            Thread.sleep(forTimeInterval: 0.01)
        }
    }

    @Test("pictures and labels lie beside each other, behind those of an earlier recording")
    func files() throws {
        _ = FileManager.default.createFile(atPath: folder.path + "/000041.xml", contents: nil)
        _ = FileManager.default.createFile(atPath: folder.path + "/notes.txt", contents: nil)
        // A name beyond every recording is somebody else's.
        _ = FileManager.default.createFile(atPath: folder.path + "/\(Int.max).txt", contents: nil)
        let recorder = try Recorder(folder: folder.path, description: description, settings: settings())
        for number in 0..<3 { try offer(recorder, number, [0.9], time: Double(number)) }
        recorder.close()
        #expect(recorder.saved == 3 && recorder.failure == nil)
        #expect(
            folder.names == [
                "000041.xml", "000042.jpg", "000042.xml", "000043.jpg", "000043.xml", "000044.jpg", "000044.xml",
                "\(Int.max).txt", "notes.txt",
            ])
        let picture = try PictureFile.read(path: folder.path + "/000043.jpg")
        #expect(picture.width == 64 && picture.height == 48)
        let source = try Sample.picture(shade: 1)
        let errors = (0..<64 * 48 * 3).map { abs(Int(picture.pixels.pointer[$0]) - Int(source.pixels.pointer[$0])) }
        #expect(errors.max() ?? 99 < 12)
    }

    @Test("the labels are PASCAL VOC's: pixels from 1, the last one within, guesses marked as difficult")
    func labels() throws {
        let recorder = try Recorder(
            folder: folder.path, description: description,
            settings: settings {
                $0.doubtful = 0.3...0.6
                $0.certainScore = 0.5
            })
        try offer(recorder, 0, [0.9, 0.4, 0.1], time: 0)
        recorder.close()
        let path = folder.path + "/000001.xml"
        let root = try XMLDocument(contentsOf: URL(fileURLWithPath: path)).rootElement()
        let annotation = try #require(root)
        #expect(annotation.name == "annotation")
        #expect(annotation.text("folder") == (folder.path as NSString).lastPathComponent)
        #expect(annotation.text("filename") == "000001.jpg")
        #expect(["width", "height", "depth"].map { annotation.text("size", $0) } == ["64", "48", "3"])
        let objects = annotation.elements(forName: "object")
        // 0.1 is below the band.
        try #require(objects.count == 2)
        #expect(objects.map { $0.text("name") } == ["face", "face"])
        #expect(objects.map { $0.text("difficult") } == ["0", "1"])
        // Edges 10, 12, 40, 44 of pixels counted from 0.
        let sides = ["xmin", "ymin", "xmax", "ymax"].map { objects[0].text("bndbox", $0) }
        #expect(sides == ["11", "13", "40", "44"])
    }

    @Test("what is recorded reads back as a dataset, box for box, without a fault")
    func roundTrip() throws {
        let recorder = try Recorder(folder: folder.path, description: description, settings: settings())
        for number in 0..<2 { try offer(recorder, number, [0.9, 0.7], time: Double(number)) }
        recorder.close()
        let dataset = try Dataset.read(folder.path)
        #expect(dataset.classes == ["face"])
        #expect(dataset.faults.isEmpty)
        #expect(dataset.pictures.map(\.name) == ["000001.jpg", "000002.jpg"])
        for picture in dataset.pictures {
            // Sample.face, whose edges are whole numbers.
            #expect(picture.truths.map(\.box) == Array(repeating: Sample.face(score: 1).detection.box, count: 2))
        }
    }

    @Test("boxes that leave the picture, are empty or no numbers become pixels of the picture")
    func edges() {
        #expect(VOCLabels.pixels(-5, 20, 64) == (1, 20))
        #expect(VOCLabels.pixels(60, 99, 64) == (61, 64))
        #expect(VOCLabels.pixels(64, 64, 64) == (64, 64))
        #expect(VOCLabels.pixels(.nan, .infinity, 64) == (1, 64))
        #expect(VOCLabels.pixels(10.4, 10.4, 64) == (11, 11))
        #expect(VOCLabels.escaped("a<b> & \"c\" \u{1}") == "a&lt;b&gt; &amp; \"c\" \u{FFFD}")
    }

    @Test("only frames with the wanted scores are saved")
    func wanted() {
        let certain = settings { $0.minimumScore = 0.8 }
        #expect(certain.wants([0.3, 0.81]) && !certain.wants([0.79]) && !certain.wants([]))
        let doubtful = settings { $0.doubtful = 0.3...0.6 }
        #expect(doubtful.wants([0.99, 0.3]) && !doubtful.wants([0.99]) && !doubtful.wants([0.2, 0.7]))
    }

    @Test("not more often than the interval says, also when the clock is set back")
    func interval() throws {
        let recorder = try Recorder(
            folder: folder.path, description: description, settings: settings { $0.interval = 10 })
        for (number, time) in [0, 5, 9.9, 10, 12, 3, 4].enumerated() {
            let frame = Sample.frame(try Sample.picture(), number: number, timestamp: time)
            try recorder.offer(frame, [Sample.face(score: 0.9)])
            Thread.sleep(forTimeInterval: 0.1)
        }
        recorder.close()
        #expect(recorder.saved == 3)
    }

    @Test("a full disk ends the recording with the reason; what was saved stays whole")
    func full() throws {
        let path = folder.path
        let recorder = try Recorder(folder: path, description: description, settings: settings()) {
            image, name, labels throws(OcellusError) in
            if name.hasSuffix("000003") { throw OcellusError(.io, "cannot write \(name).jpg: No space left on device") }
            try PictureFile.write(image, path: name + ".jpg")
            _ = FileManager.default.createFile(atPath: name + ".xml", contents: Data(labels.utf8))
        }
        for number in 0..<5 { try offer(recorder, number, [0.9], time: Double(number)) }
        recorder.close()
        #expect(recorder.saved == 2)
        #expect(recorder.failure?.message.contains("No space left") == true)
        #expect(folder.names == ["000001.jpg", "000001.xml", "000002.jpg", "000002.xml"])
    }

    @Test("a picture or labels that cannot be written leave nothing of the other", arguments: ["jpg", "xml"])
    func half(kind: String) throws {
        let recorder = try Recorder(folder: folder.path, description: description, settings: settings())
        // A folder stands where the file should be.
        try FileManager.default.createDirectory(
            atPath: folder.path + "/000001.\(kind)/x", withIntermediateDirectories: true)
        try offer(recorder, 0, [0.9], time: 0)
        recorder.close()
        #expect(recorder.saved == 0)
        #expect(recorder.failure?.message.contains("000001.\(kind)") == true)
        #expect(folder.names == ["000001.\(kind)"])
    }

    @Test("a folder that cannot be made is an error")
    func noFolder() throws {
        _ = FileManager.default.createFile(atPath: folder.path + "/file", contents: nil)
        #expect(throws: OcellusError.self) {
            try Recorder(folder: folder.path + "/file/inside", description: description)
        }
    }
}

extension XMLElement {
    /// The text of the element that the names lead to.
    fileprivate func text(_ names: String...) -> String? {
        var element: XMLElement? = self
        for name in names { element = element?.elements(forName: name).first }
        return element?.stringValue
    }
}
