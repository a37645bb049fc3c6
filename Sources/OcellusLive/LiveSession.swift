// The loop of `ocellus live`: the newest frame, the gate, the detector, the tracker, and out. One thread; everything
// that may take its time (encoding, writing, sending) happens on others.
import Foundation
import Ocellus
import OcellusDetection
import OcellusTensor

/// A source, a detector, and what becomes of the detections.
public final class LiveSession {
    /// How frames are looked at.
    public struct Settings: Sendable {
        /// Scores from which on a detection is reported, 0...1; the detector may find more, for the recorder.
        public var threshold: Float = 0
        /// Most detections reported a frame.
        public var maximum = 200
        /// Nil: no identities.
        public var tracking: Tracker.Settings?
        /// Nil: the detector looks at every frame.
        public var gate: MotionGate.Settings?
        /// Pixels on the longer side that the detector makes use of; 0: all there are.
        public var usefulSide = 0

        public init() {}
    }

    /// What is known of a frame when it has been looked at.
    public struct Result {
        public let frame: LiveFrame
        /// In pixels of the frame, best first.
        public let detections: [TrackedDetection]
        /// Whether the detector looked; if not, the scene was still and the detections are those of the last look.
        public let isFresh: Bool
        /// From frame available to detections, milliseconds.
        public let latency: Double
    }

    /// What happened in one turn of the loop.
    public enum Turn {
        case looked(Result)
        case nothing
        case lost(seconds: Double)
        case ended
    }

    public let source: any FrameSource
    public let settings: Settings
    public private(set) var statistics = LiveStatistics()
    /// Shows frames, where there is one.
    public var preview: PreviewServer?
    /// Saves frames, where there is one.
    public var recorder: Recorder?
    private let detector: TiledDetector
    private var tracker: Tracker?
    private var gate: MotionGate?
    /// Everything the detector found in its last look, for the recorder.
    private var found: [TrackedDetection] = []
    private var reported: [TrackedDetection] = []

    public init(source: any FrameSource, detector: TiledDetector, settings: Settings = Settings()) {
        self.source = source
        self.detector = detector
        self.settings = settings
        tracker = settings.tracking.map { Tracker(settings: $0) }
        gate = settings.gate.map { MotionGate(settings: $0) }
    }

    /// Waits up to `milliseconds` for a frame and deals with it.
    ///
    /// Throws what the source throws when it has failed for good, and `.outOfMemory`.
    public func turn(milliseconds: Int) throws(OcellusError) -> Turn {
        // Whoever looks or records gets all pixels.
        source.minimumSide = recorder != nil || preview?.isWatched == true ? 0 : settings.usefulSide
        switch try source.next(milliseconds: milliseconds) {
        case .nothing: return .nothing
        case .lost(let seconds): return .lost(seconds: seconds)
        case .ended: return .ended
        case .frame(let frame): return .looked(try look(frame))
        }
    }

    private func look(_ frame: LiveFrame) throws(OcellusError) -> Result {
        let start = LiveClock.now
        statistics.arrived(skipped: frame.skipped, at: start)
        let isFresh = gate?.opens(frame.image, timestamp: frame.timestamp) ?? true
        if isFresh {
            try detect(frame)
        } else {
            statistics.stayed()
        }
        let end = LiveClock.now
        let latency = LiveClock.milliseconds(from: frame.availableAt, to: end)
        if isFresh {
            statistics.looked(inference: LiveClock.milliseconds(from: start, to: end), latency: latency, at: end)
        }
        // Whoever has just begun to watch waits for the next frame, which has all pixels.
        if frame.isFullSize { try preview?.offer(frame, reported) }
        if isFresh { try recorder?.offer(frame, found) }
        return Result(frame: frame, detections: reported, isFresh: isFresh, latency: latency)
    }

    private func detect(_ frame: LiveFrame) throws(OcellusError) {
        var detections = try detector.detect(frame.image)
        if !frame.isFullSize {
            let (x, y) = (
                Float(frame.width) / Float(frame.image.width), Float(frame.height) / Float(frame.image.height)
            )
            for index in detections.indices { detections[index] = detections[index].scaled(x, y) }
        }
        if recorder != nil { found = detections.map { TrackedDetection($0) } }
        let certain = detections.prefix { $0.score >= settings.threshold }.prefix(settings.maximum)
        reported = tracker?.update(certain, timestamp: frame.timestamp) ?? certain.map { TrackedDetection($0) }
    }
}

extension Detection {
    /// From pixels of a reduced picture to those of the whole one.
    fileprivate func scaled(_ x: Float, _ y: Float) -> Detection {
        var result = self
        result.box = box.scaled(x: x, y: y)
        guard hasLandmarks else { return result }
        for index in 0..<Landmarks.count {
            result.landmarks[index] = Point(x: landmarks[index].x * x, y: landmarks[index].y * y)
        }
        return result
    }
}
