// `ocellus_detect`: a picture in, the caller's array filled.
import COcellus
import Ocellus
import OcellusBoundary
import OcellusDetection
import OcellusImage
import OcellusTensor

@c @implementation
public func ocellus_detect(
    _ detector: OpaquePointer?, _ image: UnsafePointer<ocellus_image>?,
    _ found: UnsafeMutablePointer<ocellus_detection>?, _ capacity: Int, _ count: UnsafeMutablePointer<Int>?
) -> ocellus_status {
    fill(detector, found, capacity, count) { (detector) throws(OcellusError) in
        try detector.detect(view(required(image, "image").pointee))
    }
}

/// What detection on pictures and on frames share: the arguments are checked, the detector is taken for the time of the
/// call, and the caller's array is filled.
func fill(
    _ detector: OpaquePointer?, _ found: UnsafeMutablePointer<ocellus_detection>?, _ capacity: Int,
    _ count: UnsafeMutablePointer<Int>?,
    _ detect: (Detector) throws(OcellusError) -> UnsafeBufferPointer<Detection>
) -> ocellus_status {
    var session: Session?
    let status = attempt { () throws(OcellusError) in
        let count = try required(count, "count")
        count.pointee = 0
        session = try Handle<Session>.object(detector)
        if capacity != 0 { _ = try required(found, "found") }
    }
    guard let session, status == .success else { return status }
    guard session.begin() else {
        return fail(.busy, "the detector is at work in another thread: wait for it, or create one for each thread")
    }
    defer { session.end() }
    return attempt { () throws(OcellusError) in
        let detections = try detect(session.detector)
        // `size_t` arrives as Int: what does not fit is negative, and larger than any number of detections.
        let written = capacity < 0 ? detections.count : min(capacity, detections.count)
        for index in 0..<written { found?[index] = ocellus_detection(detections[index]) }
        count?.pointee = detections.count
    }
}

extension ocellus_detection {
    init(_ detection: Detection) {
        self.init()
        left = detection.box.left
        top = detection.box.top
        width = detection.box.width
        height = detection.box.height
        score = detection.score
        label = Int32(clamping: detection.label)
        guard detection.hasLandmarks else { return }
        let points = detection.landmarks
        landmark_count = UInt32(Landmarks.count)
        landmarks = (
            ocellus_point(points.leftEye), ocellus_point(points.rightEye), ocellus_point(points.nose),
            ocellus_point(points.leftMouth), ocellus_point(points.rightMouth)
        )
    }
}

extension ocellus_point {
    fileprivate init(_ point: Point) { self.init(x: point.x, y: point.y) }
}
