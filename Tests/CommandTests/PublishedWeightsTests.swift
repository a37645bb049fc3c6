// Import and detection with published weights and a real photograph, where the machine has them.
import Foundation
import Testing

private let shared =
    ProcessInfo.processInfo.environment["OCELLUS_SHARED"]
    ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../../shared")
    .standardized.path
private let weights = shared + "/models/retinaface_mobilenet0.25_300.pth"
private let objects = shared + "/models/coco_ssd_mobilenet_v1_1.0_quant.tflite"
private let portrait = "/usr/share/matplotlib/mpl-data/sample_data/grace_hopper.jpg"
private let hasFiles = [weights, objects, portrait].allSatisfy { FileManager.default.fileExists(atPath: $0) }

@Suite(.enabled(if: hasFiles, "needs published weights in the folder that OCELLUS_SHARED names, and a photograph"))
struct PublishedWeightsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func detect(_ model: String, _ arguments: String...) throws -> [Found] {
        #expect(try Ocellus.run(["import", model, "--out", "model"], in: folder.path).status == 0)
        let outcome = try Ocellus.run(["detect", "--model", "model", "--json"] + arguments, in: folder.path)
        #expect(outcome.status == 0)
        #expect(outcome.errors == "")
        return try outcome.output.split(separator: "\n").map {
            try JSONDecoder().decode(Found.self, from: Data($0.utf8))
        }
    }

    @Test("the face of the portrait is found with its five landmarks")
    func portraitFace() throws {
        let found = try detect(weights, portrait)
        try #require(found.count == 1 && found[0].detections.count == 1)
        let face = found[0].detections[0]
        #expect(face.label == "face")
        #expect(face.score > 0.99)
        for (value, expected) in zip(face.box, [178.0, 115, 170, 222]) { #expect(abs(value - expected) < 3) }
        let points = try #require(face.landmarks)
        try #require(points.count == 5)
        // Eyes above the nose above the mouth; left is left.
        #expect(points[0][1] < points[2][1] && points[2][1] < points[3][1])
        #expect(points[0][0] < points[1][0] && points[3][0] < points[4][0])
    }

    @Test("a person with a tie, and no class without a name")
    func portraitObjects() throws {
        let found = try detect(objects, portrait, "--threshold", "0.3")
        let labels = found.flatMap(\.detections).map(\.label)
        #expect(labels.contains("person"))
        #expect(labels.contains("tie"))
        #expect(labels.allSatisfy { !$0.isEmpty && !$0.hasPrefix("class ") })
    }

    @Test("info counts only the classes that have names")
    func classes() throws {
        #expect(try Ocellus.run(["import", objects, "--out", "model"], in: folder.path).output.contains("80 classes"))
        let outcome = try Ocellus.run(["info", "model", "--layers"], in: folder.path)
        #expect(outcome.output.contains("classes        80: person, bicycle, car, "))
        #expect(outcome.output.split(separator: "\n").allSatisfy { $0.count <= 120 })
    }

    @Test("a folder gives a line a picture")
    func wholeFolder() throws {
        try folder.makeFolder("pictures")
        for name in ["a.jpg", "b.jpg"] {
            try FileManager.default.copyItem(atPath: portrait, toPath: folder.path("pictures/" + name))
        }
        let found = try detect(weights, "pictures")
        #expect(found.map(\.image) == ["pictures/a.jpg", "pictures/b.jpg"])
        #expect(found.allSatisfy { $0.detections.count == 1 && $0.width == 512 && $0.height == 600 })
    }
}

/// A line of `detect --json`.
private struct Found: Decodable {
    struct Detection: Decodable {
        let label: String
        let score: Double
        let box: [Double]
        let landmarks: [[Double]]?
    }

    let image: String
    let width: Int
    let height: Int
    let detections: [Detection]
}
