// Every kind of file against Pillow's pixels, orientation, reduced decoding and the way back out.
import Foundation
import OcellusImage
import OcellusTensor
import Testing

@testable import OcellusFiles

@Suite("Picture files")
struct DecodingTests {
    @Test(
        "PNG, PPM and PGM of every kind decode exactly",
        arguments: [
            "colour.png", "grey.png", "palette.png", "palette-transparent.png", "bits1.png", "alpha.png",
            "grey-alpha.png", "grey16.png", "interlaced.png", "colour.ppm", "grey.pgm", "deep.ppm",
        ])
    func exact(name: String) throws {
        let golden = try Fixture.golden(name)
        let image = try PictureFile.read(path: Fixture.path(name))
        #expect(image.width == golden.width && image.height == golden.height)
        // 16 bits: libpng scales by 255/65535 in integers of its own.
        #expect(largestDifference(image, golden.levels) <= (name == "grey16.png" ? 1 : 0))
    }

    @Test(
        "JPEG of every kind decodes as elsewhere, upright",
        arguments: ["colour.jpg", "progressive.jpg", "grey.jpg", "cmyk.jpg"] + (1...8).map { "orientation\($0).jpg" })
    func jpeg(name: String) throws {
        let golden = try Fixture.golden(name)
        let image = try PictureFile.read(path: Fixture.path(name))
        #expect(image.width == golden.width && image.height == golden.height)
        // Two libraries' chroma upsampling and inverse DCT may differ by a rounding.
        #expect(largestDifference(image, golden.levels) <= 2)
    }

    @Test("a JPEG is decoded smaller, but never with fewer pixels than asked for")
    func maximumSide() throws {
        let bytes = try PictureFile.encode(gradient(803, 401), .jpeg)
        for wanted in [1, 100, 101, 102, 300, 402, 700, 803, 5000] {
            let image = try decode(bytes, maximumSide: wanted)
            #expect(image.width >= min(wanted, 803))
            // One eighth less would not have been enough.
            #expect(image.width == 803 || (image.width - 101 < wanted || image.width == 101))
            #expect(abs(Double(image.width) / Double(image.height) - 803.0 / 401) < 0.05)
        }
        #expect(try decode(bytes, maximumSide: 101).width == 101)
        #expect(try decode(bytes, maximumSide: -4).width == 803)
        #expect(try decode(bytes).width == 803)
    }

    @Test("what is written is read again", arguments: ["a.png", "a.ppm", "a.JPG", "a.jpeg"])
    func roundTrip(name: String) throws {
        try withTemporaryFolder { folder in
            let image = try gradient(61, 43)
            let path = folder.appending(path: name).path(percentEncoded: false)
            try PictureFile.write(image, path: path, quality: 95)
            let again = try PictureFile.read(path: path)
            let isExact = name == "a.png" || name == "a.ppm"
            #expect(largestDifference(again, image.pixels.elements.map(Int.init)) <= (isExact ? 0 : 12))
            #expect(again.width == 61)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 1)
        }
    }

    @Test("a file is known by its first bytes, not by its name")
    func magic() throws {
        try withTemporaryFolder { folder in
            let path = folder.appending(path: "lies.jpg").path(percentEncoded: false)
            try Data(PictureFile.encode(gradient(5, 4), .png)).write(to: URL(filePath: path))
            #expect(try PictureFile.read(path: path).width == 5)
        }
    }

    @Test("an unknown extension, a bad quality and a missing folder are refused")
    func writeRefusals() throws {
        let image = try gradient(2, 2)
        func message(_ path: String, quality: Int = 90) -> String {
            do throws(OcellusError) { try PictureFile.write(image, path: path, quality: quality) } catch {
                return error.message
            }
            return "written"
        }
        #expect(message("a.gif").contains("expected .jpg, .jpeg, .png or .ppm"))
        #expect(message("/tmp/a.jpg", quality: 0).contains("quality of 0; expected 1 to 100"))
        #expect(message("/no/such/folder/a.png").contains("/no/such/folder/a.png"))
    }
}
