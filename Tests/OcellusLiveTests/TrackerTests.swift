// Identities over frames: what stays, what ends, and what is bounded.
import OcellusDetection
import OcellusLive
import TestSupport
import Testing

struct TrackerTests {
    private static func face(_ x: Float, _ y: Float, side: Float = 100, label: Int = 1) -> Detection {
        Detection(box: Box(left: x, top: y, right: x + side, bottom: y + side), label: label, score: 0.9)
    }

    /// A tracker that `#expect` may ask.
    private final class Follow {
        private var tracker = Tracker()

        func all(_ detections: [Detection], _ timestamp: Double) -> [TrackedDetection] {
            tracker.update(detections, timestamp: timestamp)
        }

        func first(_ detections: [Detection], _ timestamp: Double) -> Int? { all(detections, timestamp)[0].identity }
    }

    @Test("two objects that pass each other's start keep their numbers, in whatever order they are found")
    func identities() {
        var tracker = Tracker()
        for step in 0..<40 {
            let shift = Float(step) * 10
            var found = [Self.face(shift, 0), Self.face(400 - shift, 150)]
            if step % 3 == 1 { found.reverse() }
            let tracked = tracker.update(found, timestamp: Double(step) / 30)
            let byRow = tracked.sorted { $0.detection.box.top < $1.detection.box.top }
            #expect(byRow.map(\.identity) == [1, 2])
            #expect(tracked.map(\.detection) == found)
        }
    }

    @Test("the better overlap wins, not the better score")
    func greedy() {
        var tracker = Tracker()
        _ = tracker.update([Self.face(0, 0), Self.face(60, 0)], timestamp: 0)
        let tracked = tracker.update([Self.face(50, 0), Self.face(12, 0)], timestamp: 0.03)
        #expect(tracked.map(\.identity) == [2, 1])
    }

    @Test("classes do not take over each other's numbers")
    func classes() {
        let follow = Follow()
        _ = follow.all([Self.face(0, 0, label: 1)], 0)
        #expect(follow.first([Self.face(0, 0, label: 2)], 0.1) == 2)
        #expect(follow.first([Self.face(0, 0, label: 1)], 0.2) == 1)
    }

    @Test("an object that was away for a moment comes back, one that was away for long is new")
    func ageing() {
        let follow = Follow()
        _ = follow.all([Self.face(0, 0)], 0)
        for step in 1...15 { _ = follow.all([], Double(step) / 30) }
        #expect(follow.first([Self.face(5, 0)], 0.7) == 1)
        for step in 1...30 { _ = follow.all([], 0.7 + Double(step) / 30) }
        #expect(follow.first([Self.face(5, 0)], 1.8) == 2)
        // A frame a second: two without the object are not long.
        for time in [2.8, 3.8] { _ = follow.all([], time) }
        #expect(follow.first([Self.face(5, 0)], 4.8) == 2)
    }

    @Test("frames with one time stamp, and a clock set back, are no trouble")
    func clocks() {
        let follow = Follow()
        #expect(follow.first([Self.face(0, 0)], 100) == 1)
        #expect(follow.first([Self.face(0, 0)], 100) == 1)
        #expect(follow.first([Self.face(0, 0)], 50) == 2)
        #expect(follow.first([Self.face(0, 0)], 50.1) == 2)
    }

    @Test("no number is given twice in a frame, and not more than the capacity are followed")
    func bounded() {
        var tracker = Tracker()
        var random = SeededGenerator(seed: 3)
        for step in 0..<6 {
            let found = (0..<400).map { _ in
                Self.face(Float(random.integer(0...900)), Float(random.integer(0...900)), side: 40)
            }
            let identities = tracker.update(found, timestamp: Double(step) / 30).compactMap(\.identity)
            #expect(Set(identities).count == identities.count)
            #expect(identities.count <= Tracker.capacity)
        }
    }

    @Test("boxes of no size or without a number are passed on")
    func improper() {
        let follow = Follow()
        let odd = [Self.face(0, 0, side: 0), Self.face(.nan, 0), Self.face(0, 0, side: -5)]
        for step in 0..<3 { #expect(follow.all(odd, Double(step)).count == 3) }
    }

    @Test("smoothing takes most of the tremble of a still face, and follows a moving one")
    func smoothing() {
        var settings = Tracker.Settings()
        settings.smoothing = OneEuroFilter.Settings()
        var tracker = Tracker(settings: settings)
        var random = SeededGenerator(seed: 11)
        var (raw, smooth): (Float, Float) = (0, 0)
        for step in 0..<120 {
            let noise = Float(random.integer(-200...200)) / 100
            let tracked = tracker.update([Self.face(50 + noise, 50)], timestamp: Double(step) / 30)[0]
            guard step >= 30 else { continue }
            raw += noise * noise
            smooth += (tracked.detection.box.left - 50) * (tracked.detection.box.left - 50)
        }
        #expect(smooth < raw / 3)
        var last: Float = 0
        for step in 0..<60 {
            let time = 4.1 + Double(step) / 30
            last = 50 + Float(step) * 5
            let tracked = tracker.update([Self.face(last, 50)], timestamp: time)[0]
            if step > 30 { #expect(last - tracked.detection.box.left < 12) }
        }
    }
}
