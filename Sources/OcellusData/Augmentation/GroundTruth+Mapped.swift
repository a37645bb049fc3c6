// An object follows its picture onto the canvas: box, points, and which point is the left one.
import OcellusDetection

extension GroundTruth {
    /// On the canvas. In a mirrored picture left and right change places: left is what is left in the image.
    func mapped(by map: AffineMap, isFlipped: Bool) -> GroundTruth {
        var result = self
        result.box = map(box)
        guard var points = landmarks else { return result }
        for index in 0..<Landmarks.count { points[index] = map(points[index]) }
        result.landmarks = isFlipped ? points.leftAndRightSwapped : points
        return result
    }
}

extension Landmarks {
    var leftAndRightSwapped: Landmarks {
        Landmarks(leftEye: rightEye, rightEye: leftEye, nose: nose, leftMouth: rightMouth, rightMouth: leftMouth)
    }
}
