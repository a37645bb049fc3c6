// From YuNet's rows to faces, as its program does it, but down to low scores: a doubt is worth something to a student.
import Glibc
import OcellusDetection
import OcellusTensor

/// One face that YuNet sees, in pixels of its input.
struct TaughtFace {
    var box: Box
    var landmarks: Landmarks
    /// 0...1
    var score: Float

    /// The same face in a picture that is so many times smaller.
    func reduced(by factor: Float) -> TaughtFace {
        guard factor != 1 else { return self }
        var face = self
        face.box = box.scaled(x: 1 / factor, y: 1 / factor)
        for index in 0..<Landmarks.count {
            face.landmarks[index] = Point(x: landmarks[index].x / factor, y: landmarks[index].y / factor)
        }
        return face
    }
}

/// The rows of one picture.
struct YuNetRows {
    let classes: UnsafePointer<Float>
    let objects: UnsafePointer<Float>
    let boxes: UnsafePointer<Float>
    let landmarks: UnsafePointer<Float>
    let height: Int
    let width: Int

    /// Faces of at least `score`, best first; of two that overlap by more than `overlap` the better one. At most `limit`
    /// cells are looked at, the best ones.
    func faces(from score: Float, overlap: Float, limit: Int) -> [TaughtFace] {
        var found: [TaughtFace] = []
        var row = 0
        for stride in YuNet.strides {
            for y in 0..<height / stride {
                for x in 0..<width / stride {
                    let certainty = (YuNetRows.sigmoid(classes[row]) * YuNetRows.sigmoid(objects[row])).squareRoot()
                    if certainty >= score, let face = face(row, x, y, Float(stride), certainty) { found.append(face) }
                    row += 1
                }
            }
        }
        found.sort { $0.score > $1.score }
        var kept: [TaughtFace] = []
        for face in found.prefix(limit)
        where !kept.contains(where: { $0.box.intersectionOverUnion(face.box) > overlap }) { kept.append(face) }
        return kept
    }

    /// Nil for one that is no face: its numbers are not finite.
    private func face(_ row: Int, _ x: Int, _ y: Int, _ stride: Float, _ score: Float) -> TaughtFace? {
        let place = { (offsets: UnsafePointer<Float>) in
            Point(x: (Float(x) + offsets[0]) * stride, y: (Float(y) + offsets[1]) * stride)
        }
        let offsets = boxes + 4 * row
        let centre = place(offsets)
        let box = Box(
            centreX: centre.x, centreY: centre.y, width: exp(offsets[2]) * stride, height: exp(offsets[3]) * stride)
        var points = Landmarks()
        for index in 0..<Landmarks.count { points[index] = place(landmarks + 10 * row + 2 * index) }
        guard box.isProper, box.left.isFinite, box.top.isFinite, points.isFinite else { return nil }
        return TaughtFace(box: box, landmarks: points, score: score)
    }

    private static func sigmoid(_ x: Float) -> Float { 1 / (1 + exp(-x)) }
}
