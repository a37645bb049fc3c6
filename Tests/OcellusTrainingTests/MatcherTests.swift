// Which anchor learns what: cases by hand, and a slow matcher that follows the definition word by word.
import OcellusData
import OcellusDetection
import OcellusTensor
import OcellusTraining
import TestSupport
import Testing

struct MatcherTests {
    /// Four anchors of 20 pixels side by side in the middle of 100x100, and one of 60 over them.
    static func row() throws -> Anchors {
        var boxes = (0..<4).map { AnchorBox(centreX: 0.2 + 0.2 * Float($0), centreY: 0.5, width: 0.2, height: 0.2) }
        boxes.append(AnchorBox(centreX: 0.5, centreY: 0.5, width: 0.6, height: 0.6))
        return try Anchors(inputWidth: 100, inputHeight: 100, boxes: boxes)
    }

    static func truth(
        _ left: Float, _ top: Float, _ right: Float, _ bottom: Float, label: Int = 1, isIgnored: Bool = false
    ) -> GroundTruth {
        GroundTruth(box: Box(left: left, top: top, right: right, bottom: bottom), label: label, isIgnored: isIgnored)
    }

    static func labels(_ truths: [GroundTruth], positive: Float = 0.5, negative: Float = 0.4) throws -> [Int32] {
        let anchors = try row()
        let matcher = try AnchorMatcher(
            anchors: anchors, settings: MatchingSettings(positive: positive, negative: negative))
        let targets = try AnchorTargets(batch: 2, anchors: anchors.count)
        try matcher.match(truths, into: targets, picture: 1)
        #expect(targets.labels.elements[..<5].allSatisfy { $0 == 0 })
        return Array(targets.labels.elements[5...])
    }

    @Test("a picture without objects is all background")
    func none() throws { #expect(try MatcherTests.labels([]) == [0, 0, 0, 0, 0]) }

    @Test("thresholds part positive, ignored and background")
    func thresholds() throws {
        // Shifted by 5 of 20 pixels: 15 / 25 = 0.6 with its anchor, 5 / 35 with the next one.
        #expect(try MatcherTests.labels([MatcherTests.truth(35, 40, 55, 60, label: 3)]) == [0, 3, 0, 0, 0])
        // Half a step: 10 / 30 with each of two. The first is forced, the second is in the band or background.
        let middle = [MatcherTests.truth(40, 40, 60, 60)]
        #expect(try MatcherTests.labels(middle, negative: 0.3) == [0, 1, -1, 0, 0])
        #expect(try MatcherTests.labels(middle, negative: 0.34) == [0, 1, 0, 0, 0])
    }

    @Test("two objects with one best anchor both keep one, the closer fit the best")
    func shared() throws {
        let far = MatcherTests.truth(25, 40, 45, 60, label: 1)
        let near = MatcherTests.truth(31, 40, 51, 60, label: 2)
        #expect(try MatcherTests.labels([far, near], positive: 0.95, negative: 0.8) == [1, 2, 0, 0, 0])
        #expect(try MatcherTests.labels([near, near], positive: 0.95, negative: 0.8) == [0, 2, 0, 0, 2])
    }

    @Test("objects that no free anchor touches are counted")
    func unmatched() throws {
        let anchors = try MatcherTests.row()
        let matcher = try AnchorMatcher(anchors: anchors, settings: MatchingSettings(positive: 0.5, negative: 0.5))
        let targets = try AnchorTargets(batch: 1, anchors: 5)
        let summary = try matcher.match(
            [MatcherTests.truth(0, 0, 5, 5)] + Array(repeating: MatcherTests.truth(32, 42, 48, 58), count: 3),
            into: targets, picture: 0)
        // Only two anchors touch the place of the three: the third goes without.
        #expect(summary == AnchorMatcher.Summary(positives: 2, ignored: 0, unmatched: 2))
    }

    @Test("an ignored object silences its anchors unless a real one claims them")
    func ignored() throws {
        let crowd = MatcherTests.truth(10, 40, 50, 60, isIgnored: true)
        #expect(try MatcherTests.labels([crowd]) == [-1, -1, 0, 0, 0])
        #expect(try MatcherTests.labels([crowd, MatcherTests.truth(30, 40, 50, 60, label: 4)]) == [-1, 4, 0, 0, 0])
        // A box that covers small anchors without overlapping them much.
        #expect(try MatcherTests.labels([MatcherTests.truth(0, 0, 100, 100, isIgnored: true)]) == [-1, -1, -1, -1, -1])
    }

    @Test("difficult objects are ignored or learnt as asked")
    func difficult() throws {
        var truth = MatcherTests.truth(30, 40, 50, 60)
        truth.isDifficult = true
        #expect(try MatcherTests.labels([truth]) == [0, -1, 0, 0, 0])
        let matcher = try AnchorMatcher(
            anchors: MatcherTests.row(),
            settings: MatchingSettings(positive: 0.5, negative: 0.4, ignoresDifficult: false))
        let targets = try AnchorTargets(batch: 1, anchors: 5)
        #expect(try matcher.match([truth], into: targets, picture: 0).positives == 1)
    }

    @Test("objects that cannot be learnt are refused by name and change nothing")
    func refused() throws {
        let matcher = try AnchorMatcher(
            anchors: MatcherTests.row(), settings: MatchingSettings(positive: 0.5, negative: 0.4))
        let targets = try AnchorTargets(batch: 1, anchors: 5)
        let sound = MatcherTests.truth(30, 40, 50, 60)
        try matcher.match([sound], into: targets, picture: 0)
        var face = sound
        face.landmarks = Landmarks()
        face.landmarks?.nose.x = .nan
        for (truth, words) in [
            (MatcherTests.truth(30, 40, 30, 60), "object 1 has the box 30.0, 40.0, 30.0, 60.0"),
            (MatcherTests.truth(50, 40, 30, 60), "left < right"),
            (MatcherTests.truth(.nan, 40, 30, 60), "object 1 has the box nan"),
            (MatcherTests.truth(-.infinity, 40, 30, 60), "finite edges"),
            (MatcherTests.truth(30, 40, 50, 60, label: 0), "label 0; labels start at 1"),
            (face, "object 1 has landmarks that are not finite"),
        ] {
            expectError(words) { try matcher.match([sound, truth], into: targets, picture: 0) }
            #expect(Array(targets.labels.elements) == [0, 1, 0, 0, 0])
        }
        expectError("cannot take picture 1") { try matcher.match([], into: targets, picture: 1) }
        expectError("negative below 0.6") { _ = try MatchingSettings(positive: 0.5, negative: 0.6) }
    }

    @Test("encoded targets decode to the object, landmarks with their weight")
    func encoded() throws {
        let anchors = try Anchors.retinaFace(inputWidth: 300, inputHeight: 200)
        let matcher = try AnchorMatcher(anchors: anchors, settings: MatchingSettings(positive: 0.35, negative: 0.35))
        let targets = try AnchorTargets(batch: 2, anchors: anchors.count)
        var truth = MatcherTests.truth(50, 60, 90, 110)
        truth.landmarkWeight = 0.25
        truth.landmarks = Landmarks(
            leftEye: Point(x: 60, y: 75), rightEye: Point(x: 80, y: 75), nose: Point(x: 70, y: 85),
            leftMouth: Point(x: 62, y: 98), rightMouth: Point(x: 78, y: 98))
        let bare = MatcherTests.truth(200, 20, 230, 55)
        let summary = try matcher.match([truth, bare], into: targets, picture: 1)
        #expect(summary.positives > 2 && summary.unmatched == 0)
        var seen = 0
        for anchor in 0..<anchors.count where targets.labels.pointer[anchors.count + anchor] > 0 {
            let row = anchors.count + anchor
            let offsets = targets.boxes.pointer + 4 * row
            let box = try #require(
                BoxCoder().decode(SIMD4(offsets[0], offsets[1], offsets[2], offsets[3]), anchor: anchors.boxes[anchor]))
            let pixels = box.scaled(x: 300, y: 200)
            let isFace = pixels.left < 150
            #expect(pixels.intersectionOverUnion(isFace ? truth.box : bare.box) > 0.9999)
            #expect(targets.landmarkWeights.pointer[row] == (isFace ? 0.25 : 0))
            guard isFace else { continue }
            seen += 1
            let points = targets.landmarks.pointer + 10 * row
            let nose = LandmarkCoder().decode(SIMD2(points[4], points[5]), anchor: anchors.boxes[anchor])
            #expect(abs(nose.x * 300 - 70) < 1e-3 && abs(nose.y * 200 - 85) < 1e-3)
        }
        #expect(seen > 0)
    }

    @Test("a hundred random pictures are matched as by the definition")
    func definition() throws {
        let anchors = try Anchors.retinaFace(inputWidth: 96, inputHeight: 64, minimumSizes: [[10, 20], [32], [64]])
        let settings = try MatchingSettings(positive: 0.45, negative: 0.3)
        let matcher = try AnchorMatcher(anchors: anchors, settings: settings)
        let targets = try AnchorTargets(batch: 1, anchors: anchors.count)
        var random = SeededGenerator(seed: 77)
        for _ in 0..<100 {
            let truths = (0..<random.integer(0...8)).map { _ in
                let (x, y, side) = (random.float(-5...95), random.float(-5...60), random.float(2...50))
                return MatcherTests.truth(
                    x, y, x + side, y + side * random.float(0.5...2), label: random.integer(1...3),
                    isIgnored: random.integer(0...3) == 0)
            }
            try matcher.match(truths, into: targets, picture: 0)
            #expect(Array(targets.labels.elements) == SlowMatcher.labels(anchors, truths, settings))
        }
    }
}
