// What the tests of this layer share: fixtures, repeatable noise, head rows that own their numbers.
import Foundation
import OcellusDetection
import OcellusTensor

/// A fixture written by Tests/References/anchor_goldens.py: `name number…` lines, then lines that begin with a number.
struct Fixture {
    var named: [String: [Double]] = [:]
    var rows: [[Double]] = []

    init(_ name: String) throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")
        let text = try String(contentsOf: folder.appendingPathComponent(name + ".txt"), encoding: .utf8)
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if Double(words[0]) == nil {
                named[String(words[0])] = words.dropFirst().compactMap { Double($0) }
            } else {
                rows.append(words.compactMap { Double($0) })
            }
        }
    }

    func integer(_ name: String) -> Int { Int(named[name]?.first ?? -1) }
}

/// Number `index` of a repeatable sequence in 0..<1 with 24 bits; anchor_goldens.py has the same hash.
func noise(_ seed: Int, _ index: Int) -> Float {
    var x = UInt32(truncatingIfNeeded: index &+ seed &* 0x9E37_79B9)
    x = (x ^ (x >> 16)) &* 0x7FEB_352D
    x = (x ^ (x >> 15)) &* 0x846C_A68B
    x ^= x >> 16
    return Float(x >> 8) / 16_777_216
}

func noise(_ seed: Int, count: Int, scale: Float = 1, shift: Float = 0) -> [Float] {
    (0..<count).map { noise(seed, $0) * scale + shift }
}

struct Rows {
    var scores: [Float]
    var boxes: [Float]
    var landmarks: [Float]?

    /// The detections as an array, and how many were found.
    func decoded(
        by decoder: Decoder, score: Float = 0.5, overlap: Float = 0.45
    ) throws -> (elements: [Detection], found: Int) {
        let thresholds = try Thresholds(score: score, intersectionOverUnion: overlap)
        return try scores.withUnsafeBufferPointer { scores in
            try boxes.withUnsafeBufferPointer { boxes in
                func run(_ landmarks: UnsafeBufferPointer<Float>?) throws -> ([Detection], Int) {
                    let rows = HeadRows(scores: scores, boxes: boxes, landmarks: landmarks)
                    let result = try decoder.decode(rows, thresholds)
                    return (Array(result.elements), result.found)
                }
                guard let landmarks else { return try run(nil) }
                return try landmarks.withUnsafeBufferPointer { try run($0) }
            }
        }
    }
}
