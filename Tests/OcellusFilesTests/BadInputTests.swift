// Files that are empty, strange, cut short, too large or hostile: an error that names the file, never a crash.
import OcellusImage
import OcellusTensor
import Testing

@testable import OcellusFiles

/// The same on every run.
private struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state ^ state >> 33) &* 0xFF51_AFD7_ED55_8CCD
    }
}

@Suite("Bad picture files")
struct BadInputTests {
    @Test("empty and unknown files say which formats are known")
    func unknown() {
        #expect(message([]).contains("picture: the file is empty"))
        let text = message(Array("GIF89a....".utf8))
        #expect(text.contains("begins with 47 49 46 38") && text.contains("expected JPEG, PNG, PPM (P6) or PGM (P5)"))
        #expect(message([0xFF]).contains("begins with FF"))
    }

    @Test("a missing file and a folder are named")
    func missing() {
        for path in ["/no/such/file.jpg", "/tmp"] {
            do throws(OcellusError) {
                _ = try PictureFile.read(path: path)
                Issue.record("\(path) was read")
            } catch {
                #expect(error.code == .io && error.message.contains(path))
            }
        }
    }

    @Test(
        "PPM headers that lie are refused",
        arguments: [
            ("P6\n0 5\n255\n", "0x5 pixels"), ("P6\n5 0\n255\n", "5x0"), ("P6\n-5 5\n255\n", "expected the width"),
            ("P6\n99999999999999999999 5\n255\n", "width is over"), ("P6\n40000 5\n255\n", "40000x5"),
            ("P6\n30000 30000\n255\n", "30000x30000"), ("P6\n2 2\n0\n", "maximum 0"), ("P6\n2 2\n65536\n", "65536"),
            ("P6\n2 2\n255\n12345", "truncated PPM after 0 of 2 rows"), ("P5\n2 2\n255\nabc", "after 1 of 2 rows"),
            ("P6", "the end of the file"), ("P6\n2", "the end of the file"), ("P6\n2 2\n255", "white space"),
            ("P6 # only a comment", "the end of the file"), ("P62 2 255x", "white space"),
        ])
    func pixmaps(header: String, expected: String) {
        let text = message(Array(header.utf8))
        #expect(text.hasPrefix("picture: ") && text.contains(expected), "\(text)")
    }

    @Test("a truncated JPEG says how many rows there were")
    func truncatedJPEG() throws {
        let bytes = try PictureFile.encode(gradient(200, 160), .jpeg)
        let text = message(Array(bytes.prefix(bytes.count * 2 / 3)))
        #expect(text.contains("picture: truncated JPEG after ") && text.contains(" of 160 rows"), "\(text)")
        #expect(!text.contains("after 0 of"))
    }

    @Test("every file, cut anywhere, is refused or decoded", arguments: ["colour.jpg", "alpha.png", "deep.ppm"])
    func truncation(name: String) throws {
        let bytes = try Fixture.bytes(name)
        for length in 0..<(bytes.count - 1) {
            let text = message(Array(bytes.prefix(length)))
            // What lacks nothing but its end, a JPEG's last marker or a PNG's last chunk, is a whole picture.
            let end = name == "colour.jpg" ? 2 : name == "alpha.png" ? 12 : 0
            #expect(text.hasPrefix("picture: ") || length >= bytes.count - end, "\(length)")
        }
    }

    @Test("a PNG and a JPEG that claim to be huge are refused before memory is taken")
    func huge() throws {
        var png = try Fixture.bytes("colour.png")
        // Width in IHDR, with the checksum that belongs to it not repaired: still an error, of one kind or another.
        png.replaceSubrange(16..<20, with: [0x7F, 0xFF, 0xFF, 0xFF])
        #expect(message(png).hasPrefix("picture: "))
        var jpeg = try PictureFile.encode(gradient(16, 16), .jpeg)
        let frame = try #require(jpeg.indices.dropLast().first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 })
        jpeg.replaceSubrange((frame + 5)..<(frame + 9), with: [0xFF, 0xDC, 0xFF, 0xDC])
        #expect(message(jpeg).contains("65500x65500 pixels; expected 1 to 32768 a side"))
        jpeg.replaceSubrange((frame + 5)..<(frame + 9), with: [0x75, 0x30, 0x75, 0x30])
        #expect(message(jpeg).contains("30000x30000 pixels"))
    }

    @Test("EXIF that points outside itself is ignored")
    func hostileOrientation() throws {
        let bytes = try Fixture.bytes("orientation6.jpg")
        let start = try #require(bytes.indices.dropLast(6).first { bytes[$0...].starts(with: Array("Exif".utf8)) })
        // Every byte of the TIFF header and its directory, to each of a few values.
        for at in (start + 6)..<(start + 32) {
            for value in [UInt8(0), 1, 9, 0x7F, 0xFF] {
                var damaged = bytes
                damaged[at] = value
                let text = message(damaged)
                #expect(text == "decoded 24x32" || text == "decoded 32x24", "\(at) \(value): \(text)")
            }
        }
    }

    @Test(
        "thousands of damaged files neither crash nor hang",
        arguments: [
            "colour.jpg", "progressive.jpg", "cmyk.jpg", "orientation6.jpg", "palette-transparent.png",
            "interlaced.png", "grey16.png", "grey.pgm", "deep.ppm",
        ])
    func mutation(name: String) throws {
        let bytes = try Fixture.bytes(name)
        var random = Seeded(state: 11)
        var refused = 0
        let rounds = 1000
        for _ in 0..<rounds {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                // Half of the damage goes to the header, where the sizes are.
                let end = Bool.random(using: &random) ? min(64, bytes.count) : bytes.count
                damaged[Int.random(in: 0..<end, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if Int.random(in: 0..<8, using: &random) == 0 {
                damaged.removeLast(Int.random(in: 0..<damaged.count, using: &random))
            }
            if !message(damaged).hasPrefix("decoded") { refused += 1 }
        }
        // The damage is real, and so is what survives it.
        #expect(refused > rounds / 10)
    }
}
