// The loop over a scripted source: what is looked at, what is skipped, what is counted.
import Ocellus
import OcellusDetection
import OcellusImage
import OcellusModels
import OcellusNetwork
import OcellusTensor
import TestSupport
import Testing

@testable import OcellusLive

struct LiveSessionTests {
    /// Events in a row.
    private final class Script: FrameSource {
        let summary = "a script"
        let damaged = 0
        var minimumSide = 0
        /// What it was asked for, event by event.
        private(set) var sides: [Int] = []
        private var events: [FrameEvent]

        init(_ events: [FrameEvent]) { self.events = events.reversed() }

        func next(milliseconds: Int) throws(OcellusError) -> FrameEvent {
            sides.append(minimumSide)
            return events.popLast() ?? .ended
        }

        func close() {}
    }

    /// A network of zeros but for two biases: it sees the same faces in every picture.
    private static func detector() throws -> TiledDetector {
        var description = Architecture.retinaFaceMobileNet025.defaultDescription()
        description.isFolded = true
        var parameters = Parameters()
        for declaration in try description.declare().parameters {
            let values = try Buffer<Float>(count: declaration.count)
            let name = declaration.name.description
            if name.hasPrefix("ClassHead."), name.hasSuffix(".bias") {
                for index in 0..<values.count where index % 2 == 0 { values.pointer[index] = 14 }
                if name == "ClassHead.2.conv1x1.bias" { values.pointer[0] = -1 }
            }
            parameters[declaration.name] = try Parameter(dimensions: declaration.dimensions, values: values)
        }
        return try TiledDetector(try Detector(Model(description, parameters)), tiles: 1)
    }

    private static func frame(
        _ image: RGBImage, _ number: Int, width: Int? = nil, height: Int? = nil, skipped: Int = 0
    ) -> FrameEvent {
        .frame(
            LiveFrame(
                image: image.view, width: width, height: height, number: number, timestamp: Double(number) / 10,
                availableAt: LiveClock.now, skipped: skipped))
    }

    @Test("frames are looked at and counted; a still scene is left alone, and what was seen stays")
    func loop() throws {
        let image = try Sample.picture(width: 128, height: 128)
        let other = try Sample.picture(width: 128, height: 128, shade: 60)
        let script = Script([
            Self.frame(image, 0), .nothing, Self.frame(image, 3, skipped: 2), .lost(seconds: 2), Self.frame(other, 4),
        ])
        var settings = LiveSession.Settings()
        settings.tracking = Tracker.Settings()
        settings.gate = MotionGate.Settings()
        let session = LiveSession(source: script, detector: try Self.detector(), settings: settings)
        var results: [LiveSession.Result] = []
        var others: [String] = []
        var isOver = false
        while !isOver {
            switch try session.turn(milliseconds: 1) {
            case .looked(let result): results.append(result)
            case .nothing: others.append("nothing")
            case .lost(let seconds): others.append("lost \(seconds)")
            case .ended: isOver = true
            }
        }
        #expect(others == ["nothing", "lost 2.0"])
        #expect(results.map(\.isFresh) == [true, false, true])
        #expect(!results[0].detections.isEmpty)
        for result in results { #expect(result.detections == results[0].detections) }
        #expect(results.allSatisfy { $0.latency > 0 })
        let report = session.statistics.summary(at: LiveClock.now, damaged: 0)
        #expect(report.frames == 5 && report.skipped == 2 && report.still == 1 && report.detected == 2)
    }

    @Test("detections in a reduced picture are given in pixels of the whole one")
    func reduced() throws {
        let image = try Sample.picture(width: 160, height: 120)
        let script = Script([Self.frame(image, 0), Self.frame(image, 1, width: 640, height: 480)])
        var settings = LiveSession.Settings()
        settings.usefulSide = 300
        let session = LiveSession(source: script, detector: try Self.detector(), settings: settings)
        guard case .looked(let small) = try session.turn(milliseconds: 1),
            case .looked(let large) = try session.turn(milliseconds: 1)
        else {
            Issue.record("expected two frames")
            return
        }
        #expect(script.sides == [300, 300])
        #expect(!small.detections.isEmpty && small.detections.count == large.detections.count)
        for (one, other) in zip(small.detections, large.detections) {
            #expect(other.detection.box == one.detection.box.scaled(x: 4, y: 4))
            #expect(other.detection.landmarks.nose.x == one.detection.landmarks.nose.x * 4)
        }
    }

    @Test("scores below the threshold are not reported")
    func threshold() throws {
        let script = Script([Self.frame(try Sample.picture(), 0)])
        var settings = LiveSession.Settings()
        settings.threshold = 1
        let session = LiveSession(source: script, detector: try Self.detector(), settings: settings)
        guard case .looked(let result) = try session.turn(milliseconds: 1) else {
            Issue.record("expected a frame")
            return
        }
        #expect(result.detections.isEmpty)
    }
}
