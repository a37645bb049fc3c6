import OcellusDetection
import Testing

/// Whole decodings against the NumPy implementation in Tests/References/anchor_goldens.py.
@Suite struct DecoderGoldenTests {
    private func compare(_ result: (elements: [Detection], found: Int), _ fixture: Fixture) {
        #expect(result.found == fixture.integer("found"))
        #expect(result.elements.count == fixture.integer("count"))
        #expect(fixture.rows.count == 25)
        for row in fixture.rows {
            let detection = result.elements[Int(row[0])]
            let box = detection.box
            var values = [Double(detection.label), Double(detection.score)]
            values += [box.left, box.top, box.right, box.bottom].map(Double.init)
            if detection.hasLandmarks {
                for index in 0..<5 {
                    values += [Double(detection.landmarks[index].x), Double(detection.landmarks[index].y)]
                }
            }
            #expect(values.count == row.count - 1)
            for (value, expected) in zip(values, row.dropFirst()) {
                #expect(abs(value - expected) < 1e-5 + abs(expected) * 1e-5, "rank \(Int(row[0]))")
            }
        }
    }

    @Test("RetinaFace's rows decode as in the reference: two-way softmax, the best 400, landmarks")
    func retinaFace() throws {
        let fixture = try Fixture("decode_retinaface")
        let seed = fixture.integer("seed")
        let anchors = try Anchors.retinaFace(inputWidth: 300, inputHeight: 300)
        let decoder = try Decoder(
            anchors: anchors, classes: 2, boxCoder: BoxCoder(), landmarkCoder: LandmarkCoder(),
            settings: DecoderSettings(scoreActivation: .softmax))
        let rows = Rows(
            scores: noise(seed, count: anchors.count * 2, scale: 8),
            boxes: noise(seed + 1, count: anchors.count * 4, scale: 8, shift: -4),
            landmarks: noise(seed + 2, count: anchors.count * 10, scale: 8, shift: -4))
        compare(try rows.decoded(by: decoder, score: 0.95, overlap: 0.4), fixture)
    }

    @Test("TensorFlow's rows decode as in the reference: sigmoid, 90 classes, y before x")
    func tensorFlow() throws {
        let fixture = try Fixture("decode_tensorflow")
        let seed = fixture.integer("seed")
        let anchors = try Anchors.tensorFlowSSD()
        let decoder = try Decoder(
            anchors: anchors, classes: 91, boxCoder: BoxCoder(order: .yxhw),
            settings: DecoderSettings(scoreActivation: .sigmoid))
        let rows = Rows(
            scores: noise(seed, count: anchors.count * 91, scale: 16, shift: -12),
            boxes: noise(seed + 1, count: anchors.count * 4, scale: 8, shift: -4))
        compare(try rows.decoded(by: decoder, score: 0.96, overlap: 0.6), fixture)
    }

    @Test("Caffe's rows decode as in the reference: softmax of 21 classes")
    func softmax() throws {
        let fixture = try Fixture("decode_softmax")
        let seed = fixture.integer("seed")
        let anchors = try Anchors.mobileNetSSD300()
        let decoder = try Decoder(
            anchors: anchors, classes: 21, boxCoder: BoxCoder(),
            settings: DecoderSettings(scoreActivation: .softmax))
        var rows = Rows(
            scores: noise(seed, count: anchors.count * 21, scale: 16, shift: -8),
            boxes: noise(seed + 1, count: anchors.count * 4, scale: 8, shift: -4))
        for anchor in 0..<anchors.count { rows.scores[anchor * 21] += 4 }
        compare(try rows.decoded(by: decoder, score: 0.3, overlap: 0.45), fixture)
    }
}
