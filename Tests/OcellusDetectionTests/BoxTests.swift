import OcellusDetection
import Testing

@Suite struct BoxTests {
    private func random(_ seed: Int) -> Box {
        Box(
            centreX: noise(seed, 0) * 100, centreY: noise(seed, 1) * 100,
            width: noise(seed, 2) * 80 + 0.1, height: noise(seed, 3) * 80 + 0.1)
    }

    @Test("overlap is symmetric, in 0 to 1, and 1 with itself")
    func overlapProperties() {
        var positive = 0
        for seed in 0..<2000 {
            let (a, b) = (random(seed), random(seed + 5000))
            let overlap = a.intersectionOverUnion(b)
            #expect(overlap == b.intersectionOverUnion(a))
            #expect(overlap >= 0 && overlap <= 1)
            #expect(abs(a.intersectionOverUnion(a) - 1) < 1e-6)
            if overlap > 0 { positive += 1 }
        }
        #expect(positive > 200)
    }

    @Test("two squares that share a quarter overlap by a seventh")
    func overlapByHand() {
        let a = Box(left: 0, top: 0, right: 2, bottom: 2)
        let b = Box(left: 1, top: 1, right: 3, bottom: 3)
        #expect(abs(a.intersectionOverUnion(b) - 1.0 / 7) < 1e-6)
        #expect(a.intersectionOverUnion(Box(left: 2, top: 0, right: 4, bottom: 2)) == 0)
    }

    @Test(
        "boxes without a finite area overlap nothing, not even themselves",
        arguments: [
            Box(left: 1, top: 1, right: 1, bottom: 5), Box(left: 5, top: 5, right: 1, bottom: 1),
            Box(left: .nan, top: 0, right: 9, bottom: 9), Box(left: 0, top: 0, right: 9, bottom: .nan),
            Box(left: -.infinity, top: -.infinity, right: .infinity, bottom: .infinity),
            Box(left: -1e30, top: -1e30, right: 1e30, bottom: 1e30),
        ])
    func degenerate(box: Box) {
        let whole = Box(left: 0, top: 0, right: 10, bottom: 10)
        #expect(!box.isProper)
        #expect(box.intersectionOverUnion(whole) == 0)
        #expect(whole.intersectionOverUnion(box) == 0)
        #expect(box.intersectionOverUnion(box) == 0)
    }

    @Test("clipping moves edges into the picture and NaN to 0")
    func clipping() {
        let clipped = Box(left: -5, top: 3, right: 400, bottom: .nan).clipped(toWidth: 300, height: 200)
        #expect(clipped == Box(left: 0, top: 3, right: 300, bottom: 0))
        let outside = Box(left: 310, top: 250, right: 320, bottom: 260).clipped(toWidth: 300, height: 200)
        #expect(outside.area == 0)
    }

    @Test("landmarks are read and written by index in the order left eye to right mouth corner")
    func landmarkOrder() {
        var landmarks = Landmarks()
        for index in 0..<Landmarks.count { landmarks[index] = Point(x: Float(index), y: Float(-index)) }
        #expect(landmarks.leftEye.x == 0 && landmarks.rightEye.x == 1 && landmarks.nose.x == 2)
        #expect(landmarks.leftMouth.x == 3 && landmarks.rightMouth.x == 4)
        for index in 0..<Landmarks.count { #expect(landmarks[index] == Point(x: Float(index), y: Float(-index))) }
        landmarks.nose.y = .nan
        #expect(!landmarks.isFinite)
    }
}
