// One scene, pinned byte by byte. When drawing changes on purpose: look at the picture, then put the new number into
// scene.fnv1a.txt; the message of the failing test names it.
import Foundation
import OcellusDetection
import OcellusDrawing
import OcellusImage
import Testing

struct SnapshotTests {
    /// A grey ramp with three boxes, one with landmarks, and a status line.
    private func scene() throws -> [UInt8] {
        let image = try RGBImage(width: 240, height: 180)
        for index in 0..<image.pixels.count { image.pixels.pointer[index] = UInt8(truncatingIfNeeded: index / 720) }
        let points = Landmarks(
            leftEye: Point(x: 60, y: 70), rightEye: Point(x: 90, y: 69), nose: Point(x: 76, y: 84),
            leftMouth: Point(x: 64, y: 100), rightMouth: Point(x: 88, y: 101))
        let detections = [
            Detection(
                box: Box(left: 40.5, top: 40.25, right: 110, bottom: 130), label: 1, score: 0.98, landmarks: points),
            Detection(box: Box(left: 150, top: -10, right: 260, bottom: 90), label: 2, score: 0.5),
            Detection(box: Box(left: 200, top: 150, right: 212, bottom: 163), label: 7, score: 0.31),
        ]
        let annotator = try Annotator(width: 240, height: 180, names: ["background", "face", "person"])
        let canvas = Canvas(image)
        annotator.draw(detections, on: canvas)
        annotator.drawStatus("29.7 fps  5.1 ms", on: canvas)
        return withExtendedLifetime(image) { Array(image.pixels.elements) }
    }

    @Test("the annotated scene has the bytes it always had")
    func snapshot() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "scene.fnv1a.txt")
        let expected = try String(contentsOf: file, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
        let found = String(fingerprint(try scene()), radix: 16)
        #expect(found == expected)
    }

    @Test("drawing the same scene twice gives the same bytes")
    func repeatable() throws {
        #expect(try scene() == scene())
    }
}
