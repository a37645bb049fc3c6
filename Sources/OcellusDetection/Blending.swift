// What suppression would throw away still knows something: boxes and points of those that nearly agree with the one that
// stays are averaged into it (BlazeFace, arXiv 1907.05047). Theory: docs/anchors.md.
import OcellusTensor

/// The sums of the detections that stayed, in the order in which they did. Memory is given once.
struct Blending {
    /// From this overlap with the one that stays on, 0...1.
    let overlap: Float
    /// Weight, the box's four edges, the ten coordinates of the points and whether there are any, each times the weight.
    private let sums: Buffer<SIMD16<Float>>

    /// For `capacity` detections. Throws `.outOfMemory`.
    init(overlap: Float, capacity: Int) throws(OcellusError) {
        self.overlap = overlap
        sums = try Buffer(count: capacity)
    }

    /// Detection `index` stays, itself the first to be averaged. Later ones than there is room for are never handed out.
    func begin(_ index: Int, _ detection: Detection) {
        if index < sums.count { sums.pointer[index] = Blending.term(detection) }
    }

    /// Another one, which `index` suppresses. One that lacks the points that `index` has says nothing.
    func add(_ index: Int, _ detection: Detection) {
        guard index < sums.count, detection.hasLandmarks || sums.pointer[index][15] == 0 else { return }
        sums.pointer[index] += Blending.term(detection)
    }

    /// The mean of all that were given for `index`, with the label, the score and whether there are points of `detection`.
    func mean(_ index: Int, _ detection: Detection) -> Detection {
        let sum = sums.pointer[index]
        guard sum[0] > 0 else { return detection }
        let mean = sum / sum[0]
        var result = detection
        result.box = Box(left: mean[1], top: mean[2], right: mean[3], bottom: mean[4])
        guard detection.hasLandmarks else { return result }
        for point in 0..<Landmarks.count {
            result.landmarks[point] = Point(x: mean[5 &+ 2 &* point], y: mean[6 &+ 2 &* point])
        }
        return result
    }

    /// The weight is the square of the score: doubtful ones are farther off than their scores say. (16)
    private static func term(_ detection: Detection) -> SIMD16<Float> {
        var term = SIMD16<Float>(repeating: 0)
        term[0] = 1
        term[1] = detection.box.left
        term[2] = detection.box.top
        term[3] = detection.box.right
        term[4] = detection.box.bottom
        for point in 0..<Landmarks.count {
            term[5 &+ 2 &* point] = detection.landmarks[point].x
            term[6 &+ 2 &* point] = detection.landmarks[point].y
        }
        term[15] = detection.hasLandmarks ? 1 : 0
        return term * (detection.score * detection.score)
    }
}
