// Whole annotations: tags stay inside, boxes nobody can draw are left out, and one scene is pinned byte by byte.
import OcellusDetection
import OcellusImage
import Testing

@testable import OcellusDrawing

struct AnnotatorTests {
    static let names = ["background", "face", "person"]

    private func face(_ left: Float, _ top: Float, _ right: Float, _ bottom: Float, label: Int = 1) -> Detection {
        Detection(box: Box(left: left, top: top, right: right, bottom: bottom), label: label, score: 0.98)
    }

    @Test("tags stay inside the picture for boxes at all corners, borders and larger than the picture")
    func tagsInside() throws {
        let annotator = try Annotator(width: 320, height: 240, names: AnnotatorTests.names)
        let picture = GuardedPicture(width: 320, height: 240)
        let canvas = try picture.canvas()
        for x in [-60, 0, 130, 260, 300] as [Float] {
            for y in [-60, 0, 90, 180, 225] as [Float] {
                annotator.draw([face(x, y, x + 80, y + 80)], on: canvas)
                let tag = try #require(annotator.tags.first, "box at \(x), \(y)")
                #expect(tag.left >= 0 && tag.top >= 0 && tag.right <= 320 && tag.bottom <= 240)
                #expect(tag.right > tag.left && tag.bottom > tag.top)
            }
        }
        annotator.draw([face(-500, -500, 900, 900)], on: canvas)
        #expect(annotator.tags.count == 1)
        #expect(picture.isFrameIntact)
    }

    @Test("a tag stands above its box, and inside when there is no room above")
    func tagPlace() throws {
        let annotator = try Annotator(width: 320, height: 240, names: AnnotatorTests.names)
        let canvas = Canvas(try RGBImage(width: 320, height: 240))
        annotator.draw([face(100, 80, 200, 180)], on: canvas)
        let above = try #require(annotator.tags.first)
        #expect(above.bottom <= 80 && above.bottom >= 76)
        annotator.draw([face(100, 3, 200, 180)], on: canvas)
        let inside = try #require(annotator.tags.first)
        #expect(inside.top >= 3 && inside.bottom < 180)
    }

    @Test("tags of neighbours do not cover each other")
    func tagsApart() throws {
        let annotator = try Annotator(width: 640, height: 480, names: AnnotatorTests.names)
        let canvas = Canvas(try RGBImage(width: 640, height: 480))
        annotator.draw((0..<4).map { face(100 + Float($0) * 12, 100 + Float($0) * 4, 260, 300) }, on: canvas)
        let tags = annotator.tags
        #expect(tags.count == 4)
        for (i, a) in tags.enumerated() { for b in tags[..<i] { #expect(!a.overlaps(b)) } }
    }

    @Test("a box that cannot be drawn changes nothing")
    func hostileBoxes() throws {
        let picture = GuardedPicture(width: 160, height: 120)
        let canvas = try picture.canvas()
        let annotator = try Annotator(width: 160, height: 120, names: [])
        for bad in [Float.nan, .infinity, -.infinity, 1e30] {
            annotator.draw(
                [face(bad, 10, 50, 50), face(10, bad, 50, 50), face(10, 10, bad, 50), face(10, 10, 50, bad)],
                on: canvas)
        }
        annotator.draw([face(50, 10, 20, 40), face(200, 10, 240, 40), face(10, -90, 50, -20)], on: canvas)
        #expect(picture.sum == 0)
        #expect(annotator.tags.isEmpty)
    }

    @Test("any label, score and landmark can be drawn, on any size of picture")
    func oddDetections() throws {
        var points = Landmarks()
        points.nose = Point(x: .nan, y: 3)
        points.leftEye = Point(x: .infinity, y: -1e30)
        for (width, height) in [(1, 1), (3, 200), (200, 3), (40, 40)] {
            let picture = GuardedPicture(width: width, height: height)
            let canvas = try picture.canvas()
            let annotator = try Annotator(width: width, height: height, names: ["", "é"])
            for label in [Int.min, -1, 0, 1, 99, Int.max] {
                for score in [Float.nan, -1, 0.5, 7, .infinity] {
                    let box = Box(left: -4, top: 1, right: 30, bottom: 33)
                    annotator.draw([Detection(box: box, label: label, score: score, landmarks: points)], on: canvas)
                }
            }
            annotator.drawStatus("a status that is far too long for this", on: canvas)
            #expect(picture.isFrameIntact)
        }
    }

    @Test("sizes that cannot be drawn become sizes that can", arguments: [Float.nan, -1, 0, .infinity])
    func oddStyle(size: Float) throws {
        let picture = GuardedPicture(width: 64, height: 48)
        var style = AnnotationStyle(width: 64, height: 48)
        (style.lineWidth, style.landmarkRadius) = (size, size)
        // The largest letters fill no test picture and take long to make.
        style.textHeight = min(size, 30)
        let annotator = try Annotator(style: style, names: [])
        annotator.draw([face(10, 10, 50, 40)], on: try picture.canvas())
        #expect(picture.sum > 0)
        #expect(picture.isFrameIntact)
    }

    @Test("the status line lies in the corner that was asked for")
    func statusCorners() throws {
        let corners: [(Annotator.Corner, Int, Int)] = [
            (.topLeft, 0, 0), (.topRight, 1, 0), (.bottomLeft, 0, 1), (.bottomRight, 1, 1),
        ]
        for (corner, right, bottom) in corners {
            let picture = GuardedPicture(width: 320, height: 240)
            let annotator = try Annotator(width: 320, height: 240, names: [])
            annotator.drawStatus("30 fps", corner: corner, on: try picture.canvas())
            for y in 0..<240 {
                for x in 0..<320 where picture[x, y] > 0 { #expect(x / 160 == right && y / 120 == bottom) }
            }
            #expect(picture.sum > 0)
        }
    }

    @Test("text on every class colour has a contrast of at least 4.5, and no two colours are close")
    func palette() {
        for label in 0..<12 {
            let colour = Palette.colour(label: label)
            #expect(colour.contrast(with: colour.textColour) >= 4.5)
            #expect(Palette.colour(label: label + 12) == colour)
            for other in 0..<label {
                let b = Palette.colour(label: other)
                let (x, y) = (Int(colour.red) - Int(b.red), Int(colour.green) - Int(b.green))
                let z = Int(colour.blue) - Int(b.blue)
                #expect(x * x + y * y + z * z > 60 * 60, "labels \(label) and \(other)")
            }
        }
    }
}
