import Foundation
import OcellusDetection
import OcellusTensor
import Testing

@Suite struct DecoderTests {
    /// `count` anchors at random places and sizes: offsets of zero make them the boxes.
    private func scattered(_ seed: Int, _ count: Int) throws -> Anchors {
        let boxes = (0..<count).map { index in
            AnchorBox(
                centreX: noise(seed, 4 * index), centreY: noise(seed, 4 * index + 1),
                width: 0.1 + 0.3 * noise(seed, 4 * index + 2), height: 0.1 + 0.3 * noise(seed, 4 * index + 3))
        }
        return try Anchors(inputWidth: 300, inputHeight: 200, boxes: boxes)
    }

    /// Sort everything, compare every pair, cut at the end; in Double. Pairs (anchor, label).
    private func reference(
        _ anchors: Anchors, _ scores: [Float], _ classes: Int, score: Double, overlap: Double, candidates: Int,
        agnostic: Bool
    ) -> [[Int]] {
        func logit(_ pair: [Int]) -> Float { scores[pair[0] * classes + pair[1]] }
        func area(_ b: [Double]) -> Double { (b[2] - b[0]) * (b[3] - b[1]) }
        func edges(_ anchor: Int) -> [Double] {
            let a = anchors.boxes[anchor]
            let (x, y, w, h) = (Double(a.centreX), Double(a.centreY), Double(a.width), Double(a.height))
            return [(x - w / 2) * 300, (y - h / 2) * 200, (x + w / 2) * 300, (y + h / 2) * 200]
        }
        func iou(_ a: [Double], _ b: [Double]) -> Double {
            let shared = max(0, min(a[2], b[2]) - max(a[0], b[0])) * max(0, min(a[3], b[3]) - max(a[1], b[1]))
            return shared / (area(a) + area(b) - shared)
        }
        func better(_ a: [Int], _ b: [Int]) -> Bool {
            logit(a) != logit(b) ? logit(a) > logit(b) : a[0] != b[0] ? a[0] < b[0] : a[1] < b[1]
        }
        var kept: [[Int]] = []
        let groups = agnostic ? [Array(1..<classes)] : (1..<classes).map { [$0] }
        for group in groups {
            let all = (0..<anchors.count).flatMap { anchor in group.map { [anchor, $0] } }
                .filter { 1 / (1 + exp(-Double(logit($0)))) >= score }.sorted(by: better)
            var stays: [[Int]] = []
            for pair in all.prefix(candidates)
            where stays.allSatisfy({ iou(edges($0[0]), edges(pair[0])) <= overlap }) { stays.append(pair) }
            kept += stays
        }
        return kept.sorted(by: better)
    }

    @Test("suppression agrees with a brute-force reference, ties included", arguments: 0..<24)
    func suppression(seed: Int) throws {
        let count = 40 + 37 * seed
        let classes = 2 + seed % 4
        let candidates = [10, 60, 400][seed % 3]
        let agnostic = seed % 2 == 1
        let anchors = try scattered(seed, count)
        // Quarters: most scores occur many times.
        let scores = noise(seed + 900, count: count * classes, scale: 8, shift: -4).map { ($0 * 4).rounded() / 4 }
        let decoder = try Decoder(
            anchors: anchors, classes: classes, boxCoder: BoxCoder(),
            settings: DecoderSettings(
                scoreActivation: .sigmoid, suppression: agnostic ? .agnostic : .perClass,
                candidatesPerClass: candidates, maximumDetections: 50))
        let rows = Rows(scores: scores, boxes: [Float](repeating: 0, count: count * 4))
        let result = try rows.decoded(by: decoder, score: 0.45, overlap: 0.3711)
        let expected = reference(
            anchors, scores, classes, score: 0.45, overlap: 0.3711, candidates: candidates, agnostic: agnostic)
        #expect(expected.count > 5)
        #expect(result.found == expected.count)
        #expect(result.elements.count == min(50, expected.count))
        for (detection, pair) in zip(result.elements, expected) {
            let anchor = anchors.boxes[pair[0]]
            #expect(detection.label == pair[1])
            #expect(abs(detection.box.centreX - anchor.centreX * 300) < 1e-3)
            #expect(abs(detection.box.width - anchor.width * 300) < 1e-3)
            let logit = scores[pair[0] * classes + pair[1]]
            #expect(abs(Double(detection.score) - 1 / (1 + exp(-Double(logit)))) < 1e-6)
        }
    }

    @Test("with an overlap threshold of 1 the best few are those of a full sort", arguments: [1, 7, 8, 9, 100])
    func bestFew(candidates: Int) throws {
        let anchors = try scattered(5, 1000)
        let scores = noise(77, count: 2000, scale: 8, shift: -4).map { ($0 * 16).rounded() / 16 }
        let decoder = try Decoder(
            anchors: anchors, classes: 2, boxCoder: BoxCoder(),
            settings: DecoderSettings(
                scoreActivation: .softmax, candidatesPerClass: candidates, maximumDetections: 1000))
        let rows = Rows(scores: scores, boxes: [Float](repeating: 0, count: 4000))
        let result = try rows.decoded(by: decoder, score: 0, overlap: 1)
        let sorted = (0..<1000).sorted {
            let (a, b) = (scores[2 * $0 + 1] - scores[2 * $0], scores[2 * $1 + 1] - scores[2 * $1])
            return a != b ? a > b : $0 < $1
        }
        #expect(result.found == candidates)
        for (detection, index) in zip(result.elements, sorted) {
            #expect(abs(detection.box.centreX - anchors.boxes[index].centreX * 300) < 1e-3)
        }
    }

    @Test("the same rows give the same bits, also after other rows")
    func determinism() throws {
        let anchors = try scattered(3, 500)
        let decoder = try Decoder(
            anchors: anchors, classes: 6, boxCoder: BoxCoder(), settings: DecoderSettings(scoreActivation: .softmax))
        let rows = Rows(
            scores: noise(8, count: 3000, scale: 10), boxes: noise(9, count: 2000, scale: 4, shift: -2))
        let other = Rows(scores: noise(10, count: 3000, scale: 20), boxes: noise(11, count: 2000, scale: 9))
        let first = try rows.decoded(by: decoder)
        _ = try other.decoded(by: decoder, score: 0.1, overlap: 0.9)
        let second = try rows.decoded(by: decoder)
        #expect(first.elements.count > 10)
        #expect(first.elements == second.elements && first.found == second.found)
    }

    @Test("each activation's score threshold keeps what is at least the threshold", arguments: 0..<8)
    func threshold(seed: Int) throws {
        let classes = [2, 3, 10, 21][seed % 4]
        let count = 101
        let anchors = try scattered(seed, count)
        let scores = noise(seed + 50, count: count * classes, scale: 16, shift: -8)
        let limit = 0.05 + Float(seed) / 10
        for activation in [DecoderSettings.ScoreActivation.softmax, .sigmoid] {
            let decoder = try Decoder(
                anchors: anchors, classes: classes, boxCoder: BoxCoder(),
                settings: DecoderSettings(scoreActivation: activation, maximumDetections: 10000))
            let rows = Rows(scores: scores, boxes: [Float](repeating: 0, count: count * 4))
            let result = try rows.decoded(by: decoder, score: limit, overlap: 1)
            var expected: [Double] = []
            for anchor in 0..<count {
                let row = scores[anchor * classes..<(anchor + 1) * classes].map { exp(Double($0)) }
                for value in row.dropFirst() {
                    let score = activation == .softmax ? value / row.reduce(0, +) : value / (1 + value)
                    if score >= Double(limit) { expected.append(score) }
                }
            }
            expected.sort(by: >)
            #expect(result.found == expected.count && expected.count > 0)
            for (detection, score) in zip(result.elements, expected) {
                #expect(abs(Double(detection.score) - score) < 1e-5)
            }
        }
    }
}
