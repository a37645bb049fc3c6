// What only the pictures can tell.
import OcellusDetection
import OcellusFiles
import OcellusTensor
import Testing

@testable import OcellusData

struct CheckTests {
    private let folder: DataFolder

    init() throws { folder = try DataFolder() }

    private func check() throws -> [DataFault] {
        let dataset = try Dataset.read(folder.path)
        var check = DatasetCheck(dataset)
        for index in dataset.pictures.indices { check.look(at: index) }
        return check.faults
    }

    @Test("a whole dataset has no fault")
    func whole() throws {
        try folder.picture("JPEGImages/a.jpg")
        try folder.annotation("a", [("dog", ["1", "1", "64", "48"])])
        #expect(try check().isEmpty)
    }

    @Test("a box that sticks out is a warning that says how far, one that is outside an error")
    func outside() throws {
        try folder.picture("JPEGImages/a.jpg")
        try folder.annotation("a", [("dog", ["5", "5", "70", "49"]), ("dog", ["80", "5", "90", "30"])])
        let faults = try check()
        #expect(faults.map(\.kind) == [.outsidePicture, .outsidePicture])
        #expect(faults.map(\.severity) == [.warning, .error])
        #expect(faults.map(\.box) == [1, 2])
        #expect(faults[0].text == "reaches out of the picture of 64x48: 6.0 px beyond the right edge")
    }

    @Test("so are those beyond the first pixel; a 0 is that of tools that count from 0")
    func before() throws {
        try folder.picture("JPEGImages/a.jpg")
        try folder.annotation(
            "a",
            [("dog", ["0", "0", "30", "30"]), ("dog", ["-9", "5", "20", "30"]), ("dog", ["-9", "5", "-4", "30"])])
        let faults = try check()
        #expect(faults.map(\.box) == [2, 3] && faults.map(\.severity) == [.warning, .error])
        #expect(faults[0].text == "reaches out of the picture of 64x48: 10.0 px beyond the left edge")
    }

    @Test("truncated, damaged and foreign picture files are named")
    func unreadable() throws {
        let jpeg = try PictureFile.encode(try gradient(200, 200), .jpeg)
        try folder.write("JPEGImages/a.jpg", Array(jpeg.prefix(jpeg.count * 2 / 3)))
        try folder.write("JPEGImages/b.jpg", "words")
        try folder.write("JPEGImages/c.jpg", [UInt8]())
        try folder.write("JPEGImages/d.jpg", Array(jpeg.prefix(30)))
        for stem in ["a", "b", "c", "d"] { try folder.annotation(stem, width: 200, height: 200, []) }
        let faults = try check()
        #expect(faults.map(\.kind) == Array(repeating: .unreadablePicture, count: 4))
        #expect(faults[0].message.contains("JPEGImages/a.jpg: truncated JPEG after"))
    }

    @Test("a size that the labels have wrong, and a box that is there twice, are named")
    func sizeAndDuplicates() throws {
        try folder.picture("JPEGImages/a.jpg")
        try folder.annotation(
            "a", width: 48, height: 64,
            [("dog", ["9", "5", "2", "20"]), ("dog", ["5", "5", "20", "20"]), ("dog", ["5", "5", "20", "20"])])
        let faults = try check()
        #expect(Set(faults.map(\.kind)) == [.swappedCorners, .sizeMismatch, .duplicateBox])
        #expect(faults.first { $0.kind == .duplicateBox }?.box == 3)
        #expect(
            faults.contains { $0.text.contains("the labels say 48x64, the picture has 64x48") })
    }

    @Test("a picture in two lists, and one that is not there, are named")
    func lists() throws {
        try folder.picture("images/a.jpg")
        try folder.write("label_train.txt", "# a.jpg\n1 1 9 9\n# gone.jpg\n1 1 9 9\n")
        try folder.write("label_val.txt", "# a.jpg\n")
        let faults = try check()
        #expect(faults.map(\.kind) == [.missingPicture, .duplicatePicture])
        #expect(faults[1].text == "listed more than once: in train and val")
    }

    @Test("sizes come from headers, turned as EXIF says, and agree with decoding", arguments: 1...8)
    func sizes(orientation: Int) throws {
        let path = "Tests/OcellusFilesTests/Fixtures/orientation\(orientation).jpg"
        let root = #filePath.replacing("Tests/OcellusDataTests/CheckTests.swift", with: "")
        let image = try PictureFile.read(path: root + path)
        #expect(
            try PictureFile.size(path: root + path) == PixelSize(width: image.width, height: image.height))
    }
}
