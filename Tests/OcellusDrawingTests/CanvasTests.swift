// Coverage, blending and clipping of shapes, against values worked out by hand.
import OcellusDrawing
import OcellusImage
import Testing

struct CanvasTests {
    static let white = Colour(255, 255, 255)

    @Test("a rectangle that ends in the middle of a pixel covers half of it")
    func halfCoverage() throws {
        let picture = GuardedPicture(width: 8, height: 8)
        try picture.canvas().fillRectangle(left: 2.5, top: 2, right: 5.5, bottom: 6, colour: Colour(200, 100, 50))
        #expect(picture.colour(1, 3) == [0, 0, 0])
        #expect(picture.colour(2, 3) == [100, 50, 25])
        #expect(picture.colour(3, 3) == [200, 100, 50])
        #expect(picture.colour(4, 3) == [200, 100, 50])
        #expect(picture.colour(5, 3) == [100, 50, 25])
        #expect(picture.colour(6, 3) == [0, 0, 0])
        #expect(picture.colour(3, 1) == [0, 0, 0])
        #expect(picture.colour(3, 6) == [0, 0, 0])
    }

    @Test("opacity mixes the colour with what was there")
    func opacity() throws {
        let picture = GuardedPicture(width: 40, height: 4, grey: 100)
        // 51 / 255 = 0.2: 100 + 0.2 * (200 - 100) = 120.
        try picture.canvas().fillRectangle(
            left: 0, top: 0, right: 40, bottom: 4, colour: Colour(200, 100, 0, alpha: 51))
        for x in [1, 20, 38] { #expect(picture.colour(x, 2) == [120, 100, 80]) }
    }

    @Test("an outline three pixels wide covers one pixel and a half to either side of the edge")
    func outline() throws {
        let picture = GuardedPicture(width: 60, height: 60)
        try picture.canvas().strokeRectangle(
            left: 10, top: 10, right: 50, bottom: 50, radius: 4, lineWidth: 3, colour: CanvasTests.white)
        let expected: [UInt8] = [0, 128, 255, 255, 128, 0]
        #expect((7...12).map { picture[$0, 30] } == expected)
        #expect((7...12).map { picture[30, $0] } == expected)
        #expect((47...52).reversed().map { picture[$0, 30] } == expected)
        #expect((47...52).reversed().map { picture[30, $0] } == expected)
        #expect(picture[30, 30] == 0)
    }

    @Test("the area of a rounded rectangle is that of geometry within one percent")
    func roundedArea() throws {
        let picture = GuardedPicture(width: 64, height: 48)
        try picture.canvas().fillRectangle(
            left: 4.3, top: 5.6, right: 58.1, bottom: 40.2, radius: 9, colour: CanvasTests.white)
        let expected = 53.8 * 34.6 - (4 - Double.pi) * 81
        #expect(abs(Double(picture.sum) / 255 - expected) < expected * 0.01)
    }

    @Test("a circle on a pixel corner is symmetric and has the area of a circle")
    func circle() throws {
        let picture = GuardedPicture(width: 40, height: 40)
        try picture.canvas().circle(x: 20, y: 20, radius: 12.4, fill: CanvasTests.white)
        var asymmetric = 0
        for y in 0..<40 {
            for x in 0..<40 {
                let value = picture[x, y]
                if value != picture[39 - x, y] || value != picture[x, 39 - y] || value != picture[y, x] {
                    asymmetric += 1
                }
            }
        }
        #expect(asymmetric == 0)
        let expected = Double.pi * 12.4 * 12.4
        #expect(abs(Double(picture.sum) / 255 - expected) < expected * 0.01)
    }

    @Test("between a disc and its outline the ground does not shine through")
    func circleOutline() throws {
        let picture = GuardedPicture(width: 40, height: 40, grey: 255)
        try picture.canvas().circle(
            x: 20.3, y: 19.6, radius: 9, fill: Colour(40, 40, 40), outline: Colour(40, 40, 40), outlineWidth: 4)
        for y in 0..<40 {
            for x in 0..<40 {
                let (a, b) = (Double(x) + 0.5 - 20.3, Double(y) + 0.5 - 19.6)
                if (a * a + b * b).squareRoot() < 12 { #expect(picture[x, y] == 40) }
            }
        }
    }

    @Test("a line has the area of its length times its width and two half discs", arguments: [0.6, 1, 2, 5])
    func lineArea(width: Float) throws {
        for (x, y) in [(70.3, 12.1), (12.4, 71.9), (66.6, 58.2), (70.3, 10.2)] as [(Float, Float)] {
            let picture = GuardedPicture(width: 90, height: 90)
            try picture.canvas().line(
                fromX: 12.4, y: 10.2, toX: x, y: y, width: width, colour: CanvasTests.white)
            let length = Double(((x - 12.4) * (x - 12.4) + (y - 10.2) * (y - 10.2)).squareRoot())
            let expected = length * Double(width) + Double.pi * Double(width * width) / 4
            #expect(abs(Double(picture.sum) / 255 - expected) < expected * 0.03)
        }
    }

    @Test("shapes over every border leave the bytes around the picture alone and reach the border itself")
    func clipping() throws {
        for (x, y) in [(0, 0), (20, 0), (40, 0), (0, 15), (40, 15), (0, 30), (20, 30), (40, 30)] as [(Float, Float)] {
            let picture = GuardedPicture(width: 40, height: 30)
            let canvas = try picture.canvas()
            let (column, row) = (min(39, Int(x)), min(29, Int(y)))
            canvas.fillRectangle(
                left: x - 9, top: y - 9, right: x + 9, bottom: y + 9, radius: 3, colour: Colour(80, 0, 0))
            #expect(picture[column, row] == 80)
            canvas.circle(x: x, y: y, radius: 7, fill: Colour(160, 0, 0), outlineWidth: 2)
            #expect(picture[column, row] == 160)
            canvas.line(fromX: x - 50, y: y - 50, toX: x + 50, y: y + 50, width: 6, colour: Colour(240, 0, 0))
            #expect(picture[column, row] == 240)
            canvas.strokeRectangle(
                left: x - 30, top: y - 30, right: x + 30, bottom: y + 30, radius: 5, lineWidth: 7,
                colour: CanvasTests.white)
            #expect(picture.isFrameIntact)
        }
    }

    @Test("coordinates that are not numbers, infinite or absurd draw nothing")
    func hostileCoordinates() throws {
        let picture = GuardedPicture(width: 20, height: 20)
        let canvas = try picture.canvas()
        let bad: [Float] = [.nan, .infinity, -.infinity, .greatestFiniteMagnitude, -1e30, 2e6]
        for value in bad {
            for place in 0..<5 {
                var v: [Float] = [2, 3, 15, 16, 4]
                v[place] = value
                canvas.fillRectangle(
                    left: v[0], top: v[1], right: v[2], bottom: v[3], radius: v[4], colour: CanvasTests.white)
                canvas.strokeRectangle(
                    left: v[0], top: v[1], right: v[2], bottom: v[3], lineWidth: v[4], colour: CanvasTests.white)
                if place < 4 {
                    canvas.circle(x: v[0], y: v[1], radius: v[2], fill: CanvasTests.white, outlineWidth: v[3])
                }
                canvas.line(fromX: v[0], y: v[1], toX: v[2], y: v[3], width: v[4], colour: CanvasTests.white)
                if place == 4 {
                    canvas.strokeRectangle(
                        left: 2, top: 2, right: 9, bottom: 9, radius: value, lineWidth: 1, colour: CanvasTests.white)
                }
            }
        }
        #expect(picture.sum == 0)
        #expect(picture.isFrameIntact)
    }

    @Test("shapes without an inside draw nothing")
    func emptyShapes() throws {
        let picture = GuardedPicture(width: 20, height: 20)
        let canvas = try picture.canvas()
        canvas.fillRectangle(left: 9, top: 2, right: 4, bottom: 8, colour: CanvasTests.white)
        canvas.fillRectangle(left: 4, top: 2, right: 4, bottom: 8, colour: CanvasTests.white)
        canvas.fillRectangle(left: 2, top: 2, right: 9, bottom: 8, radius: -1, colour: CanvasTests.white)
        canvas.strokeRectangle(left: 2, top: 2, right: 9, bottom: 8, lineWidth: 0, colour: CanvasTests.white)
        canvas.circle(x: 5, y: 5, radius: 0, fill: CanvasTests.white)
        canvas.line(fromX: 2, y: 2, toX: 9, y: 9, width: -2, colour: CanvasTests.white)
        canvas.fillRectangle(left: 2, top: 2, right: 9, bottom: 8, colour: CanvasTests.white.withAlpha(0))
        #expect(picture.sum == 0)
    }

    @Test("random shapes, many of them partly outside, never leave the picture")
    func randomShapes() throws {
        let picture = GuardedPicture(width: 33, height: 21)
        let canvas = try picture.canvas()
        var state: UInt64 = 1
        func next(_ range: Float) -> Float {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (Float(state >> 40) / 16_777_216 - 0.4) * range
        }
        for _ in 0..<3000 {
            let range: Float = next(1) > 0.4 ? 4000 : 60
            let (a, b, c, d, e) = (next(range), next(range), next(range), next(range), next(40))
            canvas.fillRectangle(left: a, top: b, right: c, bottom: d, radius: abs(e), colour: CanvasTests.white)
            canvas.strokeRectangle(
                left: a, top: b, right: c, bottom: d, radius: abs(next(20)), lineWidth: e, colour: .ink)
            canvas.line(fromX: a, y: b, toX: c, y: d, width: e, colour: CanvasTests.white)
            canvas.circle(x: a, y: b, radius: abs(e), fill: .ink, outlineWidth: 2)
        }
        #expect(picture.isFrameIntact)
    }

    @Test("a canvas refuses a picture of no size and a stride shorter than a row")
    func refusal() {
        var byte: UInt8 = 0
        withUnsafeMutablePointer(to: &byte) { pointer in
            #expect(throws: (any Error).self) { try Canvas(pixels: pointer, width: 0, height: 4) }
            #expect(throws: (any Error).self) { try Canvas(pixels: pointer, width: 4, height: 4, stride: 11) }
        }
    }
}
