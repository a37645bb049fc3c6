// Pixels that can be drawn on, and the two ways anything reaches them: one blended pixel, one blended run.
// Shapes are in Canvas+Shapes.swift, lettering in StrokeFont.swift.
import OcellusImage
import OcellusTensor

/// Tightly packed or strided RGB, 8 bits a channel, with coordinates in pixels: (0, 0) is the top left corner of the
/// top left pixel, whose centre is (0.5, 0.5).
///
/// Everything drawn is clipped to the picture. NaN, infinite and absurdly large coordinates draw nothing.
/// Blending works on the stored values, without linearising them.
public struct Canvas {
    let pixels: UnsafeMutablePointer<UInt8>
    /// In pixels.
    public let width: Int
    /// In pixels.
    public let height: Int
    let stride: Int
    private let owner: Buffer<UInt8>?

    /// Draws into `image`, and keeps its pixels alive.
    public init(_ image: RGBImage) {
        pixels = image.pixels.pointer
        width = image.width
        height = image.height
        stride = image.width * 3
        owner = image.pixels
    }

    /// Draws into memory of the caller, which must outlive the canvas. A stride of 0 means tightly packed.
    ///
    /// Throws `.invalidArgument` for a side outside 1...32768 or a stride smaller than a row.
    public init(
        pixels: UnsafeMutablePointer<UInt8>, width: Int, height: Int, stride: Int = 0
    ) throws(OcellusError) {
        let view = try ImageView(
            pixels: UnsafePointer(pixels), width: width, height: height, stride: stride, format: .rgb8)
        self.pixels = pixels
        self.width = width
        self.height = height
        self.stride = view.stride
        owner = nil
    }

    /// Pixel columns that a shape from `low` to `high` can touch, anti-aliasing included. Arguments are finite.
    @inline(__always)
    func columns(_ low: Float, _ high: Float) -> Range<Int> { Canvas.cells(low, high, count: width) }

    @inline(__always)
    func rows(_ low: Float, _ high: Float) -> Range<Int> { Canvas.cells(low, high, count: height) }

    @inline(__always)
    private static func cells(_ low: Float, _ high: Float, count: Int) -> Range<Int> {
        let limit = Float(count)
        // Clamped before the conversion, which would trap on a number too large for Int.
        let first = Int(max(0, min(limit, (low - 0.5).rounded(.down))))
        let last = Int(max(0, min(limit, (high + 0.5).rounded(.up))))
        return first..<max(first, last)
    }

    /// Mixes `colour` into one pixel. `weight` is 0...256; the caller keeps `x` and `y` inside.
    @inline(__always)
    func blend(_ x: Int, _ y: Int, _ colour: Colour, _ weight: Int32) {
        let pixel = pixels + (y &* stride &+ x &* 3)
        let rest = 256 &- weight
        pixel[0] = Canvas.mix(pixel[0], colour.red, weight, rest)
        pixel[1] = Canvas.mix(pixel[1], colour.green, weight, rest)
        pixel[2] = Canvas.mix(pixel[2], colour.blue, weight, rest)
    }

    /// Mixes `colour` into the pixels `range` of row `y`, all with the same weight, 0...256.
    @inline(__always)
    func blendRun(_ range: Range<Int>, _ y: Int, _ colour: Colour, _ weight: Int32) {
        guard weight > 0, !range.isEmpty else { return }
        var pixel = pixels + (y &* stride &+ range.lowerBound &* 3)
        let end = pixel + range.count &* 3
        let rest = 256 &- weight
        let red = Int32(colour.red) &* weight &+ 128
        let green = Int32(colour.green) &* weight &+ 128
        let blue = Int32(colour.blue) &* weight &+ 128
        while pixel < end {
            pixel[0] = UInt8(truncatingIfNeeded: (Int32(pixel[0]) &* rest &+ red) &>> 8)
            pixel[1] = UInt8(truncatingIfNeeded: (Int32(pixel[1]) &* rest &+ green) &>> 8)
            pixel[2] = UInt8(truncatingIfNeeded: (Int32(pixel[2]) &* rest &+ blue) &>> 8)
            pixel += 3
        }
    }

    @inline(__always)
    private static func mix(_ old: UInt8, _ new: UInt8, _ weight: Int32, _ rest: Int32) -> UInt8 {
        UInt8(truncatingIfNeeded: (Int32(old) &* rest &+ Int32(new) &* weight &+ 128) &>> 8)
    }
}

extension Colour {
    /// The colour's share of a pixel it covers to `coverage` (0...1), in 256ths.
    @inline(__always)
    func weight(_ coverage: Float) -> Int32 { Int32(coverage * Float(alpha) * (256.0 / 255.0) + 0.5) }
}
