// The pixel layouts a picture may arrive in. Raw values are those of the C header and never change.

/// How the bytes of a picture are to be read. One row follows the other, top row first.
public enum PixelFormat: UInt32, Sendable, Equatable, CaseIterable {
    /// 3 bytes a pixel: red, green, blue.
    case rgb8 = 1
    /// 3 bytes a pixel: blue, green, red (OpenCV's order).
    case bgr8 = 2
    /// 4 bytes a pixel: red, green, blue, alpha; alpha is ignored.
    case rgba8 = 3
    /// 4 bytes a pixel: blue, green, red, alpha; alpha is ignored.
    case bgra8 = 4
    /// 1 byte a pixel.
    case grey8 = 5
    /// 4 bytes for two pixels: Y0 U Y1 V, BT.601 limited range. Width is even.
    case yuyv = 6
    /// A plane of Y, then a plane of U V pairs at half width and half height, BT.601 limited range. Width is even.
    case nv12 = 7

    /// Bytes one row of the first plane takes. `width` is at most `ImageView.sideLimit`.
    public func rowBytes(width: Int) -> Int {
        switch self {
        case .rgb8, .bgr8: width * 3
        case .rgba8, .bgra8: width * 4
        case .grey8, .nv12: width
        case .yuyv: width * 2
        }
    }

    /// Whether two pixels share their colour, so that an odd width cannot exist.
    public var needsEvenWidth: Bool { self == .yuyv || self == .nv12 }

    /// The name used in messages.
    public var name: String {
        switch self {
        case .rgb8: "RGB"
        case .bgr8: "BGR"
        case .rgba8: "RGBA"
        case .bgra8: "BGRA"
        case .grey8: "grey"
        case .yuyv: "YUYV"
        case .nv12: "NV12"
        }
    }
}
