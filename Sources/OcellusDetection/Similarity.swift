// A turn, a scale and a shift at once: what brings one face's points closest to another's.

/// `x' = a x - b y + c`, `y' = b x + a y + d`. Nothing is mirrored and angles stay.
public struct Similarity: BitwiseCopyable, Sendable, Equatable {
    public var a: Float
    public var b: Float
    public var c: Float
    public var d: Float

    public init(a: Float, b: Float, c: Float, d: Float) {
        self.a = a
        self.b = b
        self.c = c
        self.d = d
    }

    /// The one that leaves the least sum of squared distances between the moved points of `source` and those of `target`
    /// (Umeyama, "Least-squares estimation of transformation parameters between two point patterns", 1991; without
    /// mirroring it has a closed form).
    ///
    /// Nil where `source` is one point five times, the best scale is none, or a coordinate is beyond any picture's.
    public init?(from source: Landmarks, to target: Landmarks) {
        guard source.isUsable, target.isUsable else { return nil }
        let (from, to) = (source.centre, target.centre)
        var (spread, along, across) = (Float(0), Float(0), Float(0))
        for index in 0..<Landmarks.count {
            let (px, py) = (source[index].x - from.x, source[index].y - from.y)
            let (qx, qy) = (target[index].x - to.x, target[index].y - to.y)
            spread += px * px + py * py
            along += px * qx + py * qy
            across += px * qy - py * qx
        }
        guard spread > 1e-6 else { return nil }
        let (a, b) = (along / spread, across / spread)
        self.init(a: a, b: b, c: to.x - a * from.x + b * from.y, d: to.y - b * from.x - a * from.y)
        guard scale > 1e-6, scale < 1e6 else { return nil }
    }

    /// How many times as long lines become.
    public var scale: Float { (a * a + b * b).squareRoot() }

    /// The way back. Requires a scale above 0.
    public var inverse: Similarity {
        let square = a * a + b * b
        let (ia, ib) = (a / square, -b / square)
        return Similarity(a: ia, b: ib, c: ib * d - ia * c, d: -ib * c - ia * d)
    }

    public func callAsFunction(_ point: Point) -> Point {
        Point(x: a * point.x - b * point.y + c, y: b * point.x + a * point.y + d)
    }

    public func callAsFunction(_ points: Landmarks) -> Landmarks {
        var result = points
        for index in 0..<Landmarks.count { result[index] = self(points[index]) }
        return result
    }
}

extension Landmarks {
    /// The mean of the points.
    var centre: Point {
        Point(
            x: (leftEye.x + rightEye.x + nose.x + leftMouth.x + rightMouth.x) / Float(Landmarks.count),
            y: (leftEye.y + rightEye.y + nose.y + leftMouth.y + rightMouth.y) / Float(Landmarks.count))
    }
}
