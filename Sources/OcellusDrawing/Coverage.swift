// How much of a pixel a shape covers, from the distance of the pixel's centre to the shape's edge.
// Straight edges along the pixel grid come out exact; slanted and curved ones within a few percent.

/// Distances in pixels and the share of a pixel they amount to.
enum Coverage {
    /// Beyond this a coordinate is taken for a mistake and nothing is drawn. Far above the largest picture side
    /// (32768), and every step up to it is still finer than a pixel in `Float`.
    static let coordinateLimit: Float = 1_048_576

    static func isDrawable(_ a: Float, _ b: Float, _ c: Float, _ d: Float) -> Bool {
        // NaN fails every comparison.
        abs(a) <= coordinateLimit && abs(b) <= coordinateLimit && abs(c) <= coordinateLimit
            && abs(d) <= coordinateLimit
    }

    /// Everything at a negative distance is inside.
    @inline(__always)
    static func inside(_ distance: Float) -> Float { max(0, min(1, 0.5 - distance)) }

    /// A band `halfWidth` to either side of distance 0: the overlap of two intervals, right for hairlines too.
    @inline(__always)
    static func band(_ distance: Float, halfWidth: Float) -> Float {
        max(0, min(distance + 0.5, halfWidth) - max(distance - 0.5, -halfWidth))
    }

    /// Distance of a point, given from the centre of a rounded rectangle, to its edge; negative inside.
    @inline(__always)
    static func roundedRectangle(
        _ x: Float, _ y: Float, halfWidth: Float, halfHeight: Float, radius: Float
    ) -> Float {
        let a = abs(x) - (halfWidth - radius)
        let b = abs(y) - (halfHeight - radius)
        if a <= 0 || b <= 0 { return max(a, b) - radius }
        return (a * a + b * b).squareRoot() - radius
    }

    /// Distance of a point to the segment from (0, 0) to (dx, dy). `inverse` is 1 / length², 0 for a point.
    @inline(__always)
    static func segment(_ x: Float, _ y: Float, dx: Float, dy: Float, inverse: Float) -> Float {
        let t = max(0, min(1, (x * dx + y * dy) * inverse))
        let (a, b) = (x - t * dx, y - t * dy)
        return (a * a + b * b).squareRoot()
    }
}
