// Measures against pycocotools, a VOC implementation and score_faces.py: Tests/References/evaluation_reference.py wrote
// Fixtures/measures.json.
import Foundation
import OcellusData
import OcellusDetection
import Testing

@testable import OcellusEvaluation

/// The fixture: rows are [label, flag or score, left, top, width, height, ten coordinates of points].
private struct Golden: Decodable {
    struct Picture: Decodable {
        let truths: [[Float]]
        let detections: [[Float]]
    }

    struct VOC: Decodable {
        let truths: Int
        let eleven: Double
        let area: Double
    }

    struct Faces: Decodable {
        let min_height: Float
        let ap50: Double
        let faces: Int
        let detections: Int
        let nme: Double
    }

    let pictures: [Picture]
    let coco: [[Double]]
    let voc: [VOC]
    let faces: [Faces]

    static func read() throws -> Golden {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/measures.json")
        return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
    }

    /// How a test understands the flag of an object.
    enum Flag { case crowd, difficult, nothing }

    func evaluated(_ flag: Flag) -> [EvaluatedPicture] {
        pictures.map { picture in
            EvaluatedPicture(
                truths: picture.truths.map { row in
                    GroundTruth(
                        box: Golden.box(row), label: flag == .nothing ? 1 : Int(row[0]),
                        landmarks: Golden.landmarks(row), isDifficult: flag == .difficult && row[1] == 1,
                        isIgnored: flag == .crowd && row[1] == 1)
                },
                detections: picture.detections.map { row in
                    ScoredBox(
                        box: Golden.box(row), label: flag == .nothing ? 1 : Int(row[0]), score: row[1],
                        landmarks: Golden.landmarks(row))
                })
        }
    }

    private static func box(_ row: [Float]) -> Box {
        Box(left: row[2], top: row[3], right: row[2] + row[4], bottom: row[3] + row[5])
    }

    private static func landmarks(_ row: [Float]) -> Landmarks {
        var points = Landmarks()
        for index in 0..<Landmarks.count { points[index] = Point(x: row[6 + 2 * index], y: row[7 + 2 * index]) }
        return points
    }
}

struct MeasuresGoldenTests {
    private let golden: Golden

    init() throws { golden = try Golden.read() }

    @Test("COCO's average precision is pycocotools', at every overlap, crowds and equal scores included")
    func coco() throws {
        let measures = ObjectMeasures(golden.evaluated(.crowd), classes: ["a", "b", "c"])
        for (item, expected) in zip(measures.classes, golden.coco) {
            #expect(item.cocoByOverlap.count == 10)
            for (found, value) in zip(item.cocoByOverlap, expected) { #expect(abs(found - value) < 1e-9) }
        }
        let all = golden.coco.flatMap { $0 }
        #expect(abs(try #require(measures.map) - all.reduce(0, +) / Double(all.count)) < 1e-9)
    }

    @Test("VOC's average precision is that of its definition, difficult objects count for nothing")
    func voc() throws {
        let measures = ObjectMeasures(golden.evaluated(.difficult), classes: ["a", "b", "c"])
        for (item, expected) in zip(measures.classes, golden.voc) {
            #expect(item.truthCount == expected.truths)
            #expect(abs(try #require(item.ap50) - expected.area) < 1e-9)
            #expect(abs(try #require(item.ap07) - expected.eleven) < 1e-9)
        }
    }

    @Test("faces by height and their points are measured as score_faces.py does")
    func faces() throws {
        for expected in golden.faces {
            let measures = FaceMeasures(golden.evaluated(.nothing), smallestHeight: expected.min_height)
            #expect(measures.faceCount == expected.faces)
            #expect(measures.curve.scores.count == expected.detections)
            #expect(abs(try #require(measures.ap50) - expected.ap50) < 1e-9)
            #expect(abs(try #require(measures.nme) - expected.nme) < 1e-6)
        }
    }
}
