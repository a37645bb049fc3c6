// A rectangle by its edges. It knows no coordinate space: who passes it on says whether it is in pixels or normalised.

/// An axis-aligned rectangle: x grows to the right, y downwards.
///
/// Nothing is enforced: a network can produce inverted or infinite boxes, and the measures below say what they make
/// of them instead of failing.
public struct Box: BitwiseCopyable, Sendable, Equatable {
    public var left: Float
    public var top: Float
    public var right: Float
    public var bottom: Float

    public init(left: Float, top: Float, right: Float, bottom: Float) {
        self.left = left
        self.top = top
        self.right = right
        self.bottom = bottom
    }

    public init(centreX: Float, centreY: Float, width: Float, height: Float) {
        self.init(
            left: centreX - width / 2, top: centreY - height / 2,
            right: centreX + width / 2, bottom: centreY + height / 2)
    }

    /// `right - left`; negative for an inverted box.
    public var width: Float { right - left }

    /// `bottom - top`; negative for an inverted box.
    public var height: Float { bottom - top }

    public var centreX: Float { (left + right) / 2 }

    public var centreY: Float { (top + bottom) / 2 }

    /// Width times height; 0 for a box that is inverted or has a NaN edge.
    public var area: Float { width > 0 && height > 0 ? width * height : 0 }

    /// Whether all edges are finite and the area is positive and finite.
    public var isProper: Bool { area > 0 && area < .infinity }

    /// The shared area over the joint area, in 0...1. 0 when either box is not proper.
    public func intersectionOverUnion(_ other: Box) -> Float {
        guard isProper, other.isProper else { return 0 }
        let sharedWidth = min(right, other.right) - max(left, other.left)
        let sharedHeight = min(bottom, other.bottom) - max(top, other.top)
        guard sharedWidth > 0, sharedHeight > 0 else { return 0 }
        let shared = sharedWidth * sharedHeight
        // Rounding can make the union of two equal boxes a little smaller than their intersection.
        return min(shared / (area + other.area - shared), 1)
    }

    /// The part inside a picture of this size; each edge is moved into the picture, NaN to 0.
    public func clipped(toWidth width: Float, height: Float) -> Box {
        Box(
            left: Box.limit(left, width), top: Box.limit(top, height),
            right: Box.limit(right, width), bottom: Box.limit(bottom, height))
    }

    /// Every x times `x`, every y times `y`: from normalised coordinates to pixels and back.
    public func scaled(x: Float, y: Float) -> Box {
        Box(left: left * x, top: top * y, right: right * x, bottom: bottom * y)
    }

    private static func limit(_ value: Float, _ size: Float) -> Float {
        value > 0 ? (value < size ? value : size) : 0
    }
}
