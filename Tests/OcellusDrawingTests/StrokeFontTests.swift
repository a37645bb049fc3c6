// Lettering: every glyph is there, unlike the others, inside its place, and inside the picture.
@testable import OcellusDrawing
import Testing

struct StrokeFontTests {
    static let printable = (UInt8(32)...126).map { $0 }

    private func picture(of bytes: [UInt8], _ font: StrokeFont) throws -> GuardedPicture {
        let picture = GuardedPicture(width: 80, height: 60)
        font.draw(bytes, on: try picture.canvas(), x: 20, baseline: 40, colour: .white)
        return picture
    }

    @Test("every printable character draws something and no two look alike", arguments: [9, 11, 16, 24])
    func distinctGlyphs(capHeight: Float) throws {
        let font = try StrokeFont(capHeight: capHeight)
        var seen: [UInt64: UInt8] = [:]
        for byte in StrokeFontTests.printable {
            let drawn = try picture(of: [byte], font)
            #expect((drawn.sum > 0) == (byte != 32), "character \(byte)")
            let twin = seen.updateValue(byte, forKey: fingerprint(drawn.bytes))
            #expect(twin == nil, "characters \(byte) and \(twin ?? 0)")
        }
    }

    @Test("every stroke lies inside its glyph's width, its soft edge included", arguments: [5, 8, 11, 17, 24, 61, 300])
    func insideAdvance(capHeight: Float) throws {
        let metrics = FontMetrics(capHeight: capHeight, weight: capHeight * 0.145)
        for outline in StrokeFont.outlines(metrics) {
            for segment in outline.segments {
                #expect(min(segment.x0, segment.x1) - segment.radius >= 0.5)
                #expect(max(segment.x0, segment.x1) + segment.radius <= Float(outline.advance) - 0.5)
                #expect(max(segment.y0, segment.y1) + segment.radius <= Float(metrics.rowsAbove))
                #expect(min(segment.y0, segment.y1) - segment.radius >= -Float(metrics.rowsBelow))
            }
        }
    }

    @Test("a capital stands on the baseline and is as high as it says")
    func capital() throws {
        let font = try StrokeFont(capHeight: 14, weight: 2)
        let drawn = try picture(of: [UInt8(ascii: "H")], font)
        let rows = (0..<60).filter { row in (0..<80).contains { drawn[$0, row] > 0 } }
        #expect(rows.first == 26)
        #expect(rows.last == 39)
        // A pen of two pixels on pixel edges: the left stem is two full columns with sharp sides.
        let left = 20 + font.metrics.bearing
        #expect((left - 1...left + 2).map { drawn[$0, 29] } == [0, 255, 255, 0])
    }

    @Test("a font for a text draws that text as a whole font does, and nothing for other characters")
    func fontForText() throws {
        let text = Array("Ab-7 é".utf8)
        let some = try StrokeFont(capHeight: 13, for: text)
        let all = try StrokeFont(capHeight: 13)
        #expect(try picture(of: text, some).bytes == picture(of: text, all).bytes)
        #expect(try picture(of: [UInt8(ascii: "c")], some).sum == 0)
        #expect(some.width(of: "c".utf8) == all.width(of: "c".utf8))
    }

    @Test("digits are all of one width and m is wider than i")
    func widths() throws {
        let font = try StrokeFont(capHeight: 12)
        #expect(Set("0123456789".utf8.map { font.width(of: [$0]) }).count == 1)
        #expect(font.width(of: "m".utf8) > font.width(of: "i".utf8))
        #expect(font.width(of: "face".utf8) == "face".utf8.reduce(0) { $0 + font.width(of: [$1]) })
        #expect(font.width(of: "".utf8) == 0)
    }

    @Test("a character beyond ASCII is one box, whatever its length in bytes")
    func beyondASCII() throws {
        let font = try StrokeFont(capHeight: 12)
        let box = font.width(of: "é".utf8)
        #expect(box > 0)
        #expect(font.width(of: "字".utf8) == box)
        #expect(font.width(of: "🙂".utf8) == box)
        #expect(font.width(of: "\n".utf8) == box)
        #expect(font.width(of: [0x80, 0xBF] as [UInt8]) == 0)
        #expect(try picture(of: Array("é".utf8), font).sum > 0)
    }

    @Test("text over every border and far outside leaves the bytes around the picture alone")
    func clipping() throws {
        let font = try StrokeFont(capHeight: 18)
        let picture = GuardedPicture(width: 40, height: 20)
        let canvas = try picture.canvas()
        let text = "g@Wj|".utf8
        for x in [-1000, -30, -5, 0, 10, 38, 40, 1000, Int.max, Int.min] {
            for baseline in [-1000, -3, 0, 5, 19, 20, 33, 1000, Int.max, Int.min] {
                font.draw(text, on: canvas, x: x, baseline: baseline, colour: .white)
            }
        }
        #expect(picture.isFrameIntact)
        #expect(picture.sum > 0)
    }

    @Test("impossible sizes become possible ones", arguments: [Float.nan, -3, 0, .infinity, 1e30])
    func impossibleSizes(value: Float) {
        let metrics = FontMetrics(capHeight: value, weight: value)
        #expect((5...400).contains(metrics.capHeight))
        #expect(metrics.weight >= 0.5 && metrics.weight <= 100)
    }
}
