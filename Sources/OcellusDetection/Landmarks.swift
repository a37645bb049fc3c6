// The five points of a face, stored in place. Other numbers of points are not supported.

/// A position; the space is its owner's.
public struct Point: BitwiseCopyable, Sendable, Equatable {
    public var x: Float
    public var y: Float

    public init(x: Float, y: Float) {
        self.x = x
        self.y = y
    }

    /// Whether sums and pixels of any picture can be made of it.
    var isUsable: Bool { abs(x) < 0x1p30 && abs(y) < 0x1p30 }

    public var isFinite: Bool { x.isFinite && y.isFinite }
}

/// Five points of a face. Left and right are as seen in the image, not as the person would say.
///
/// The order is that of RetinaFace's annotations (arXiv 1905.00641).
public struct Landmarks: BitwiseCopyable, Sendable, Equatable {
    public var leftEye: Point
    public var rightEye: Point
    public var nose: Point
    public var leftMouth: Point
    public var rightMouth: Point

    /// Number of points.
    public static let count = 5

    public init(leftEye: Point, rightEye: Point, nose: Point, leftMouth: Point, rightMouth: Point) {
        self.leftEye = leftEye
        self.rightEye = rightEye
        self.nose = nose
        self.leftMouth = leftMouth
        self.rightMouth = rightMouth
    }

    /// All points at (0, 0).
    public init() {
        let origin = Point(x: 0, y: 0)
        self.init(leftEye: origin, rightEye: origin, nose: origin, leftMouth: origin, rightMouth: origin)
    }

    /// Points 0...4 in the order of the properties. Requires an index in that range.
    public subscript(index: Int) -> Point {
        get {
            switch index {
            case 0: return leftEye
            case 1: return rightEye
            case 2: return nose
            case 3: return leftMouth
            default:
                precondition(index == 4, "a face has landmarks 0 to 4")
                return rightMouth
            }
        }
        set {
            switch index {
            case 0: leftEye = newValue
            case 1: rightEye = newValue
            case 2: nose = newValue
            case 3: leftMouth = newValue
            default:
                precondition(index == 4, "a face has landmarks 0 to 4")
                rightMouth = newValue
            }
        }
    }

    /// Whether every coordinate is a number that means and pixels of any picture can be made of.
    public var isUsable: Bool {
        leftEye.isUsable && rightEye.isUsable && nose.isUsable && leftMouth.isUsable && rightMouth.isUsable
    }

    /// Whether every coordinate is finite.
    public var isFinite: Bool {
        leftEye.isFinite && rightEye.isFinite && nose.isFinite && leftMouth.isFinite && rightMouth.isFinite
    }
}
