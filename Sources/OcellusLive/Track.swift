// One object that is followed: where it was last, and its filters.
import OcellusDetection

/// What the tracker remembers of an object.
struct Track: Sendable {
    let identity: Int
    let label: Int
    /// As it was found, not smoothed: matching must not lag.
    private(set) var box: Box
    private(set) var lastSeen: Double
    /// Frames since then.
    var missed = 0
    /// Left, top, right, bottom.
    private var edges: [OneEuroFilter]
    /// x and y of five points.
    private var points: [OneEuroFilter]

    init(_ detection: Detection, identity: Int, _ timestamp: Double, _ smoothing: OneEuroFilter.Settings?) {
        self.identity = identity
        label = detection.label
        box = detection.box
        lastSeen = timestamp
        edges = smoothing == nil ? [] : Array(repeating: OneEuroFilter(), count: 4)
        points =
            smoothing == nil || !detection.hasLandmarks
            ? [] : Array(repeating: OneEuroFilter(), count: 2 * Landmarks.count)
        _ = smoothed(detection, 0, smoothing)
    }

    /// Takes over the place of `detection`, and gives it back smoothed where that is wanted.
    mutating func follow(
        _ detection: Detection, _ timestamp: Double, _ smoothing: OneEuroFilter.Settings?
    ) -> Detection {
        let seconds = Float(timestamp - lastSeen)
        box = detection.box
        lastSeen = timestamp
        missed = 0
        return smoothed(detection, seconds, smoothing)
    }

    private mutating func smoothed(
        _ detection: Detection, _ seconds: Float, _ smoothing: OneEuroFilter.Settings?
    ) -> Detection {
        guard let smoothing, detection.box.isProper else { return detection }
        let scale = max(detection.box.width, detection.box.height)
        var result = detection
        result.box.left = edges[0].filter(detection.box.left, seconds: seconds, scale: scale, settings: smoothing)
        result.box.top = edges[1].filter(detection.box.top, seconds: seconds, scale: scale, settings: smoothing)
        result.box.right = edges[2].filter(detection.box.right, seconds: seconds, scale: scale, settings: smoothing)
        result.box.bottom = edges[3].filter(detection.box.bottom, seconds: seconds, scale: scale, settings: smoothing)
        guard detection.hasLandmarks, !points.isEmpty else { return result }
        for index in 0..<Landmarks.count {
            let point = detection.landmarks[index]
            result.landmarks[index] = Point(
                x: points[2 * index].filter(point.x, seconds: seconds, scale: scale, settings: smoothing),
                y: points[2 * index + 1].filter(point.y, seconds: seconds, scale: scale, settings: smoothing))
        }
        return result
    }
}
