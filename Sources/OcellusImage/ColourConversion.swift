// One row of grey, YUYV or NV12 to 4 bytes a pixel: red, green, blue, 0. ITU-R BT.601, limited range (Y 16...235, chroma
// 16...240), expanded to full range and rounded. Two pixels that share their chroma use it as it is.
import OcellusTensor

/// BT.601 by table: a byte of Y, U or V gives what it adds to all three channels at once, as three fields of 21 bits.
///
/// Baseline x86 vectors have neither a 32-bit product nor a lane-wise clamp worth the name; three look-ups and two
/// additions a pixel are faster there, and no slower elsewhere.
final class ColourConversion {
    // A field is the level plus `bias`, which keeps it positive, with ten bits behind the point.
    private static var fieldBits: Int { 21 }
    private static var fractionBits: Int { 10 }
    private static var bias: Int { 512 }
    private static var indexMask: UInt64 { 2047 }

    /// [3, 256]: what Y, U and V add.
    private let sums: Buffer<UInt64>
    /// [2048]: a level plus `bias` to 0...255.
    private let clamped: Buffer<UInt8>

    init() throws(OcellusError) {
        sums = try Buffer(count: 3 * 256)
        clamped = try Buffer(count: 2048)
        // Rec. ITU-R BT.601-7: Kr 0.299, Kb 0.114; 255/219 expands Y, 255/224 expands chroma.
        let (redFromV, blueFromU) = (1.402 * 255 / 224, 1.772 * 255 / 224)
        let (greenFromU, greenFromV) = (-blueFromU * 0.114 / 0.587, -redFromV * 0.299 / 0.587)
        for byte in 0..<256 {
            let luma = Double(byte - 16) * 255 / 219 + Double(ColourConversion.bias) + 0.5
            let chroma = Double(byte - 128)
            sums.pointer[byte] = ColourConversion.fields(luma, luma, luma)
            sums.pointer[256 + byte] = ColourConversion.fields(0, chroma * greenFromU, chroma * blueFromU)
            sums.pointer[512 + byte] = ColourConversion.fields(chroma * redFromV, chroma * greenFromV, 0)
        }
        for index in 0..<2048 {
            clamped.pointer[index] = UInt8(min(max(index - ColourConversion.bias, 0), 255))
        }
    }

    /// Fields may be negative one by one: sums wrap, and the sum of Y, U and V is positive in each.
    private static func fields(_ red: Double, _ green: Double, _ blue: Double) -> UInt64 {
        let one = Double(1 << fractionBits)
        func field(_ value: Double) -> Int64 { Int64(value * one + (value < 0 ? -0.5 : 0.5)) }
        return UInt64(
            bitPattern: field(red) &+ field(green) &<< Int64(fieldBits) &+ field(blue) &<< Int64(2 * fieldBits))
    }

    static func grey(_ source: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<UInt8>, width: Int) {
        let words = UnsafeMutableRawPointer(target).assumingMemoryBound(to: UInt32.self)
        for x in 0..<width {
            let level = UInt32(source[x])
            words[x] = level | level &<< 8 | level &<< 16
        }
    }

    /// `width` is even; `source` has two bytes a pixel: Y0 U Y1 V.
    func yuyv(_ source: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<UInt8>, width: Int) {
        let (sums, clamped) = (UnsafePointer(sums.pointer), UnsafePointer(clamped.pointer))
        let pixels = UnsafeMutableRawPointer(target).assumingMemoryBound(to: UInt32.self)
        for pair in 0..<(width &>> 1) {
            let bytes = source + pair &* 4
            let colour = sums[256 &+ Int(bytes[1])] &+ sums[512 &+ Int(bytes[3])]
            pixels[2 &* pair] = ColourConversion.pixel(sums[Int(bytes[0])] &+ colour, clamped)
            pixels[2 &* pair &+ 1] = ColourConversion.pixel(sums[Int(bytes[2])] &+ colour, clamped)
        }
    }

    /// `width` is even; `source` has a byte a pixel, `chroma` two bytes (U V) for two pixels.
    func nv12(
        _ source: UnsafePointer<UInt8>, chroma: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<UInt8>, width: Int
    ) {
        let (sums, clamped) = (UnsafePointer(sums.pointer), UnsafePointer(clamped.pointer))
        let pixels = UnsafeMutableRawPointer(target).assumingMemoryBound(to: UInt32.self)
        for pair in 0..<(width &>> 1) {
            let (luma, both) = (source + pair &* 2, chroma + pair &* 2)
            let colour = sums[256 &+ Int(both[0])] &+ sums[512 &+ Int(both[1])]
            pixels[2 &* pair] = ColourConversion.pixel(sums[Int(luma[0])] &+ colour, clamped)
            pixels[2 &* pair &+ 1] = ColourConversion.pixel(sums[Int(luma[1])] &+ colour, clamped)
        }
    }

    /// The word whose bytes in memory are red, green, blue, 0: every supported machine is little-endian.
    @inline(__always)
    private static func pixel(_ sum: UInt64, _ clamped: UnsafePointer<UInt8>) -> UInt32 {
        let red = clamped[Int(truncatingIfNeeded: sum &>> 10 & indexMask)]
        let green = clamped[Int(truncatingIfNeeded: sum &>> 31 & indexMask)]
        let blue = clamped[Int(truncatingIfNeeded: sum &>> 52 & indexMask)]
        return UInt32(red) | UInt32(green) &<< 8 | UInt32(blue) &<< 16
    }
}
