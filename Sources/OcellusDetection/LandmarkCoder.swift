// Landmarks as offsets from an anchor's centre and back (arXiv 1905.00641). Works in normalised coordinates.

/// Encodes and decodes one point relative to an anchor; the two are inverses up to rounding.
public struct LandmarkCoder: BitwiseCopyable, Sendable, Equatable {
    /// What a network's offsets are multiplied by.
    public var variance: Float

    public init(variance: Float = 0.1) { self.variance = variance }

    /// Offsets (x, y) of a point.
    public func encode(_ point: Point, anchor: AnchorBox) -> SIMD2<Float> {
        SIMD2(
            (point.x - anchor.centreX) / (anchor.width * variance),  // (8)
            (point.y - anchor.centreY) / (anchor.height * variance))
    }

    /// The point for offsets (x, y).
    public func decode(_ offsets: SIMD2<Float>, anchor: AnchorBox) -> Point {
        Point(
            x: offsets[0] * variance * anchor.width + anchor.centreX,  // (6)
            y: offsets[1] * variance * anchor.height + anchor.centreY)
    }
}
