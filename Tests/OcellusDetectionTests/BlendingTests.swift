// Averages of what suppression drops: against a plain computation in Double, and the cases at the edges.
import Foundation
import OcellusDetection
import OcellusTensor
import Testing

@Suite struct BlendingTests {
    /// Anchors around a few faces: most nearly agree with the best of their face.
    private static func anchors(_ seed: Int, faces: Int, each: Int) throws -> Anchors {
        let boxes = (0..<faces * each).map { index in
            let face = index / each
            return AnchorBox(
                centreX: (Float(face) + 0.5) / Float(faces) + 0.02 * (noise(seed, 4 * index) - 0.5),
                centreY: 0.5 + 0.02 * (noise(seed, 4 * index + 1) - 0.5),
                width: 0.1 + 0.02 * noise(seed, 4 * index + 2), height: 0.3 + 0.05 * noise(seed, 4 * index + 3))
        }
        return try Anchors(inputWidth: 300, inputHeight: 200, boxes: boxes)
    }

    private static func decoder(_ anchors: Anchors, blend: Float?, maximum: Int = 200) throws -> Decoder {
        try Decoder(
            anchors: anchors, classes: 2, boxCoder: BoxCoder(), landmarkCoder: LandmarkCoder(),
            settings: DecoderSettings(scoreActivation: .softmax, maximumDetections: maximum, blendOverlap: blend))
    }

    private static func rows(_ seed: Int, _ count: Int) -> Rows {
        var scores = noise(seed + 1, count: 2 * count, scale: 4, shift: -1)
        for row in 0..<count { scores[2 * row] = 0 }
        return Rows(
            scores: scores, boxes: noise(seed + 2, count: 4 * count, scale: 0.2, shift: -0.1),
            landmarks: noise(seed + 3, count: 10 * count, scale: 4, shift: -2))
    }

    /// Twelve numbers of a detection: edges, and points as far as needed.
    private static func numbers(_ detection: Detection) -> [Double] {
        let box = detection.box
        let points = (0..<Landmarks.count).flatMap { [detection.landmarks[$0].x, detection.landmarks[$0].y] }
        return ([box.left, box.top, box.right, box.bottom] + points).map(Double.init)
    }

    @Test("means agree with a plain computation", arguments: 0..<8)
    func means(seed: Int) throws {
        let anchors = try Self.anchors(seed, faces: 3 + seed, each: 12)
        let rows = Self.rows(seed, anchors.count)
        let blend: Float = [0.5, 0.7, 0.8, 1][seed % 4]
        let plain = try rows.decoded(by: Self.decoder(anchors, blend: nil), score: 0.4, overlap: 0.4).elements
        // With an overlap of 1 nothing is suppressed: every candidate by itself, best first.
        let all = try rows.decoded(by: Self.decoder(anchors, blend: nil), score: 0.4, overlap: 1).elements
        let blended = try rows.decoded(by: Self.decoder(anchors, blend: blend), score: 0.4, overlap: 0.4).elements
        #expect(plain.count == blended.count && plain.count > 2 && all.count > 2 * plain.count)
        var moved = 0
        var used = Set<Int>()
        for (own, found) in zip(plain, blended) {
            #expect(own.score == found.score && own.label == found.label && found.hasLandmarks)
            var (weight, sums) = (0.0, [Double](repeating: 0, count: 14))
            for (index, other) in all.enumerated() where !used.contains(index) {
                let overlap = own.box.intersectionOverUnion(other.box)
                let isOwn = other == own
                if overlap > 0.4 || isOwn { used.insert(index) }
                guard isOwn || (overlap > 0.4 && overlap >= blend) else { continue }
                let square = Double(other.score) * Double(other.score)
                weight += square
                for (place, value) in Self.numbers(other).enumerated() { sums[place] += square * value }
            }
            for (value, sum) in zip(Self.numbers(found), sums) { #expect(abs(value - sum / weight) < 2e-3) }
            if abs(found.box.left - own.box.left) > 0.05 { moved += 1 }
        }
        #expect(blend == 1 ? moved == 0 : moved > 0)
    }

    @Test("one whose points are not finite is not averaged, and detections beyond the most are not missed")
    func edges() throws {
        let anchors = try Self.anchors(5, faces: 6, each: 4)
        var rows = Self.rows(5, anchors.count)
        let best = rows.scores.indices.filter { $0 % 2 == 1 }.max { rows.scores[$0] < rows.scores[$1] } ?? 1
        for row in 0..<anchors.count where row != best / 2 { rows.landmarks?[10 * row] = .nan }
        let decoder = try Self.decoder(anchors, blend: 0.5, maximum: 2)
        let found = try rows.decoded(by: decoder, score: 0.3, overlap: 0.4)
        #expect(found.elements.count == 2 && found.found > 2)
        let plain = try rows.decoded(by: Self.decoder(anchors, blend: nil, maximum: 2), score: 0.3, overlap: 0.4)
        let face = try #require(found.elements.first)
        #expect(face.hasLandmarks && !found.elements[1].hasLandmarks)
        #expect(abs(face.landmarks.nose.x - plain.elements[0].landmarks.nose.x) < 1e-3)
        #expect(abs(face.box.left - plain.elements[0].box.left) < 1e-3)
        #expect(found.elements[1].box.left.isFinite)
    }

    @Test("classes apart and overlaps outside 0...1 are refused")
    func refused() throws {
        let anchors = try Self.anchors(1, faces: 1, each: 3)
        let apart = #expect(throws: OcellusError.self) {
            try Decoder(
                anchors: anchors, classes: 4, boxCoder: BoxCoder(),
                settings: DecoderSettings(scoreActivation: .softmax, blendOverlap: 0.8))
        }
        #expect(apart?.message.contains("found 3 classes apart") == true)
        for value: Float in [-0.1, 1.1, .nan] {
            #expect(throws: OcellusError.self) { try Self.decoder(anchors, blend: value) }
        }
    }
}
