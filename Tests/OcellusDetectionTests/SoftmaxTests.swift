// Scores of a softmax over several classes: the same bits from every instruction set, and right.
import Foundation
import OcellusDetection
import OcellusTensor
import Testing

@Suite struct SoftmaxTests {
    private struct Found: Equatable {
        let anchor: Int
        let label: Int
        let score: UInt32
    }

    /// Anchors side by side, so that a box tells which one it is.
    private func found(_ scores: [Float], _ classes: Int, threshold: Float, _ kernels: KernelSet) throws -> [Found] {
        let count = scores.count / classes
        let step = 1 / Float(count)
        let anchors = try Anchors(
            inputWidth: 256, inputHeight: 256,
            boxes: (0..<count).map {
                AnchorBox(centreX: (Float($0) + 0.5) * step, centreY: 0.5, width: step / 2, height: 0.5)
            })
        let decoder = try Decoder(
            anchors: anchors, classes: classes, boxCoder: BoxCoder(),
            settings: DecoderSettings(scoreActivation: .softmax, maximumDetections: count * classes), kernels: kernels)
        let result = try Rows(scores: scores, boxes: [Float](repeating: 0, count: count * 4))
            .decoded(by: decoder, score: threshold)
        return result.elements.map {
            Found(anchor: Int($0.box.centreX / 256 / step), label: $0.label, score: $0.score.bitPattern)
        }
    }

    @Test(
        "every set gives the same bits, and those are the softmax in Double",
        arguments: [3, 4, 15, 16, 17, 21, 31, 32, 33, 91], [0, 0.02, 0.3, 0.5, 0.9] as [Float])
    func softmax(classes: Int, threshold: Float) throws {
        let count = 64
        // So far apart that the best class of a row may have nearly all of the sum.
        let scores = noise(classes, count: count * classes, scale: Float(3 * classes), shift: Float(-classes))
        let scalar = try found(scores, classes, threshold: threshold, #require(KernelSet(named: "scalar")))
        for kernels in KernelSet.available {
            #expect(try found(scores, classes, threshold: threshold, kernels) == scalar, "\(kernels.name)")
        }
        var passing = Set<[Int]>()
        for anchor in 0..<count {
            let logits = scores[anchor * classes..<(anchor + 1) * classes]
            let row = logits.map { exp(Double($0) - Double(logits.max() ?? 0)) }
            let sum = row.reduce(0, +)
            for label in 1..<classes where row[label] / sum > Double(threshold) * (1 + 1e-6) {
                passing.insert([anchor, label])
            }
            for detection in scalar where detection.anchor == anchor {
                let exact = row[detection.label] / sum
                // Far below the largest, subtracting two logits rounds by more than the exponential does.
                #expect(abs(Double(Float(bitPattern: detection.score)) - exact) < 2e-5 * exact + 1e-30)
                #expect(exact >= Double(threshold) * (1 - 1e-6))
            }
        }
        #expect(passing.isSubset(of: scalar.map { [$0.anchor, $0.label] }) && !scalar.isEmpty)
    }
}
