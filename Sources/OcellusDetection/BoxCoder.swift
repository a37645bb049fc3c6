// Boxes as offsets from an anchor and back (arXiv 1506.01497, section 3.1.2). Works in normalised coordinates.
import CSystem

/// Encodes boxes relative to anchors and decodes them; the two are inverses up to rounding.
public struct BoxCoder: BitwiseCopyable, Sendable, Equatable {
    /// How a row's four numbers are ordered.
    public enum Order: BitwiseCopyable, Sendable, Equatable {
        /// Centre x, centre y, width, height: Caffe, RetinaFace.
        case xywh
        /// Centre y, centre x, height, width: TensorFlow.
        case yxhw
    }

    /// What a network's centre offsets are multiplied by.
    public var centreVariance: Float
    /// What a network's logarithmic sizes are multiplied by.
    public var sizeVariance: Float
    public var order: Order

    /// The defaults are those of SSD and RetinaFace; TensorFlow's scale factors 10 and 5 are the same two numbers.
    public init(centreVariance: Float = 0.1, sizeVariance: Float = 0.2, order: Order = .xywh) {
        self.centreVariance = centreVariance
        self.sizeVariance = sizeVariance
        self.order = order
    }

    /// The largest |logarithm of a size ratio| that `decode` takes at its word: a box 22,026 times the anchor.
    public static let logarithmLimit: Float = 10

    /// The four offsets of `box`, or nil when it has no area, is not finite, or its offsets are not.
    public func encode(_ box: Box, anchor: AnchorBox) -> SIMD4<Float>? {
        guard box.isProper else { return nil }
        let x = (box.centreX - anchor.centreX) / (anchor.width * centreVariance)  // (8)
        let y = (box.centreY - anchor.centreY) / (anchor.height * centreVariance)
        let w = logf(box.width / anchor.width) / sizeVariance  // (9)
        let h = logf(box.height / anchor.height) / sizeVariance
        guard x.isFinite, y.isFinite, w.isFinite, h.isFinite else { return nil }
        return order == .xywh ? SIMD4(x, y, w, h) : SIMD4(y, x, h, w)
    }

    /// The box for four offsets, or nil when it is not finite or has no area (NaN offsets among them).
    public func decode(_ offsets: SIMD4<Float>, anchor: AnchorBox) -> Box? {
        let (x, y, w, h) =
            order == .xywh
            ? (offsets[0], offsets[1], offsets[2], offsets[3])
            : (offsets[1], offsets[0], offsets[3], offsets[2])
        let box = Box(
            centreX: x * centreVariance * anchor.width + anchor.centreX,  // (6)
            centreY: y * centreVariance * anchor.height + anchor.centreY,
            width: expf(BoxCoder.limited(w * sizeVariance)) * anchor.width,  // (7)
            height: expf(BoxCoder.limited(h * sizeVariance)) * anchor.height)
        return box.isProper ? box : nil
    }

    /// NaN passes through: the box then is not proper.
    private static func limited(_ value: Float) -> Float {
        value > logarithmLimit ? logarithmLimit : value < -logarithmLimit ? -logarithmLimit : value
    }
}
