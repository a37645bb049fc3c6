// What the bytes of a stream of frames may be. Raw frames follow each other without a header; MJPEG brings its sizes.
import OcellusImage

/// A format of frames on standard input.
public enum StreamFormat: String, CaseIterable, Sendable {
    case yuyv
    case nv12
    /// Three planes, as `rpicam-vid --codec yuv420` writes them.
    case i420
    case rgb
    case bgr
    case grey
    case mjpeg

    /// How one raw frame is looked at; nil for MJPEG, whose frames are decoded to RGB.
    public var pixels: PixelFormat? {
        switch self {
        case .yuyv: .yuyv
        case .nv12, .i420: .nv12
        case .rgb: .rgb8
        case .bgr: .bgr8
        case .grey: .grey8
        case .mjpeg: nil
        }
    }

    /// Bytes of a raw frame without padding; nil for MJPEG. Sides are 1...32768, the width even where colour is shared.
    public func frameBytes(width: Int, height: Int) -> Int? {
        guard let pixels else { return nil }
        let rows = pixels.rowBytes(width: width) * height
        return pixels == .nv12 ? rows + width * ((height + 1) / 2) : rows
    }
}
