import OcellusDetection
import OcellusTensor
import Testing

@Suite struct DecoderBoundsTests {
    private func decoder(_ classes: Int, _ activation: DecoderSettings.ScoreActivation) throws -> Decoder {
        try Decoder(
            anchors: Anchors.mobileNetSSD300(), classes: classes, boxCoder: BoxCoder(), landmarkCoder: LandmarkCoder(),
            settings: DecoderSettings(scoreActivation: activation))
    }

    @Test("NaN and infinite logits are never detections of a softmax", arguments: [2, 3, 21])
    func nanScores(classes: Int) throws {
        for value in [Float.nan, -.nan, .signalingNaN] {
            let rows = Rows(
                scores: [Float](repeating: value, count: 1917 * classes),
                boxes: [Float](repeating: 0, count: 1917 * 4))
            #expect(try rows.decoded(by: decoder(classes, .softmax), score: 0).found == 0)
            #expect(try rows.decoded(by: decoder(classes, .sigmoid), score: 0).found == 0)
        }
        let endless = Rows(
            scores: [Float](repeating: .infinity, count: 1917 * classes),
            boxes: [Float](repeating: 0, count: 1917 * 4))
        #expect(try endless.decoded(by: decoder(classes, .softmax), score: 0).found == 0)
    }

    @Test("a NaN beside a good logit does not hide it from a sigmoid, wherever it stands", arguments: 1..<21)
    func nanNeighbour(label: Int) throws {
        var rows = Rows(
            scores: [Float](repeating: .nan, count: 1917 * 21), boxes: [Float](repeating: 0, count: 1917 * 4))
        rows.scores[1000 * 21 + label] = 3
        let result = try rows.decoded(by: decoder(21, .sigmoid))
        #expect(result.elements.map(\.label) == [label])
    }

    @Test("rows with NaN or endless boxes are dropped, the others stay")
    func hostileBoxes() throws {
        var rows = Rows(
            scores: [Float](repeating: -9, count: 1917 * 2), boxes: [Float](repeating: 0, count: 1917 * 4),
            landmarks: [Float](repeating: 0, count: 1917 * 10))
        for anchor in [10, 500, 900, 1700, 1900] { rows.scores[anchor * 2 + 1] = 9 }
        rows.boxes[10 * 4] = .nan
        rows.boxes[500 * 4 + 1] = .infinity
        rows.boxes[900 * 4 + 2] = 1e38
        rows.landmarks?[1900 * 10 + 9] = .nan
        // Finite, but no sum and no other picture's pixels would be.
        rows.landmarks?[1700 * 10] = 1e37
        let result = try rows.decoded(by: decoder(2, .softmax), score: 0.9)
        #expect(result.found == 3)
        #expect(result.elements.allSatisfy { $0.box.isProper })
        #expect(result.elements.map(\.hasLandmarks) == [true, false, false])
    }

    @Test("a network that says yes everywhere is bounded in results", arguments: [0.0, 0.5, 1.0] as [Float])
    func everythingPasses(overlap: Float) throws {
        let decoder = try decoder(91, .sigmoid)
        // Rising along the rows: each candidate displaces another.
        let scores = (0..<1917 * 91).map { 1 + Float($0) * 1e-5 }
        let rows = Rows(scores: scores, boxes: noise(3, count: 1917 * 4, scale: 30, shift: -25))
        var elapsed = Duration.seconds(100)
        var result: (elements: [Detection], found: Int) = ([], 0)
        for _ in 0..<3 {
            let time = try ContinuousClock().measure {
                result = try rows.decoded(by: decoder, score: 0.5, overlap: overlap)
            }
            elapsed = min(elapsed, time)
        }
        #expect(result.elements.count == 200)
        #expect(result.found <= 90 * 400 && result.found >= 200)
        #expect(overlap < 1 || result.found == 90 * 400)
        #if DEBUG
            #expect(elapsed < .seconds(20))
        #else
            #expect(elapsed < .milliseconds(50))
        #endif
    }

    @Test("rows of the wrong size are refused")
    func wrongSizes() throws {
        let decoder = try decoder(2, .softmax)
        let good = Rows(
            scores: [Float](repeating: 0, count: 1917 * 2), boxes: [Float](repeating: 0, count: 1917 * 4))
        #expect(try good.decoded(by: decoder, score: 0.9).found == 0)
        var rows = good
        rows.scores.removeLast()
        #expect(throws: OcellusError.self) { try rows.decoded(by: decoder) }
        rows = good
        rows.boxes.append(0)
        #expect(throws: OcellusError.self) { try rows.decoded(by: decoder) }
        rows = good
        rows.landmarks = [0]
        #expect(throws: OcellusError.self) { try rows.decoded(by: decoder) }
    }

    @Test("thresholds outside 0 to 1 are refused", arguments: [-0.1, 1.1, .nan, .infinity] as [Float])
    func wrongThresholds(value: Float) {
        #expect(throws: OcellusError.self) { try Thresholds(score: value, intersectionOverUnion: 0.5) }
        #expect(throws: OcellusError.self) { try Thresholds(score: 0.5, intersectionOverUnion: value) }
    }

    @Test("settings that ask for nothing or too much are refused")
    func wrongSettings() throws {
        let anchors = try Anchors.mobileNetSSD300()
        for (classes, candidates, maximum) in [
            (1, 400, 200), (.max, 400, 200), (2, 0, 200), (2, 400, 0), (2, .max, 200), (65536, 1917, 200),
        ] {
            #expect(throws: OcellusError.self) {
                try Decoder(
                    anchors: anchors, classes: classes, boxCoder: BoxCoder(),
                    settings: DecoderSettings(
                        scoreActivation: .softmax, candidatesPerClass: candidates, maximumDetections: maximum))
            }
        }
    }
}
