// One row of grey, YUYV or NV12 to 4 bytes a pixel: red, green, blue, 0. ITU-R BT.601, limited range (Y 16...235, chroma
// 16...240), expanded to full range. Two pixels that share their chroma use it as it is, without interpolation.

enum ColourConversion {
    // Rec. ITU-R BT.601-7: Kr 0.299, Kb 0.114; 255/219 expands Y, 255/224 expands chroma.
    private static var lumaGain: Float { 255.0 / 219 }
    private static var redFromV: Float { 1.402 * 255 / 224 }
    private static var blueFromU: Float { 1.772 * 255 / 224 }
    private static var greenFromU: Float { -0.114 * 1.772 / 0.587 * 255 / 224 }
    private static var greenFromV: Float { -0.299 * 1.402 / 0.587 * 255 / 224 }

    static func grey(_ source: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<UInt8>, width: Int) {
        let words = UnsafeMutableRawPointer(target).assumingMemoryBound(to: UInt32.self)
        for x in 0..<width {
            let level = UInt32(source[x])
            words[x] = level | level &<< 8 | level &<< 16
        }
    }

    /// `width` is even; `source` has two bytes a pixel: Y0 U Y1 V.
    static func yuyv(_ source: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<UInt8>, width: Int) {
        let (bytes, pixels) = (UnsafeRawPointer(source), UnsafeMutableRawPointer(target))
        let pairs = width &>> 1
        var pair = 0
        while pair &+ 4 <= pairs {
            convert((bytes + pair &* 4).loadUnaligned(as: Words.self), to: pixels + pair &* 8)
            pair &+= 4
        }
        while pair < pairs {
            convertOne((bytes + pair &* 4).loadUnaligned(as: UInt32.self), to: pixels + pair &* 8)
            pair &+= 1
        }
    }

    /// `width` is even; `source` has a byte a pixel, `chroma` two bytes (U V) for two pixels.
    static func nv12(
        _ source: UnsafePointer<UInt8>, chroma: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<UInt8>, width: Int
    ) {
        let (luma, colour) = (UnsafeRawPointer(source), UnsafeRawPointer(chroma))
        let pixels = UnsafeMutableRawPointer(target)
        let pairs = width &>> 1
        var pair = 0
        // Y0 Y1 and U V are put together as YUYV has them: Y0 U Y1 V.
        while pair &+ 4 <= pairs {
            let y = Words(truncatingIfNeeded: (luma + pair &* 2).loadUnaligned(as: SIMD4<UInt16>.self))
            let uv = Words(truncatingIfNeeded: (colour + pair &* 2).loadUnaligned(as: SIMD4<UInt16>.self))
            convert((y | y &<< 8) & 0x00FF_00FF | (uv | uv &<< 8) &<< 8 & 0xFF00_FF00, to: pixels + pair &* 8)
            pair &+= 4
        }
        while pair < pairs {
            let y = UInt32((luma + pair &* 2).loadUnaligned(as: UInt16.self))
            let uv = UInt32((colour + pair &* 2).loadUnaligned(as: UInt16.self))
            convertOne((y | y &<< 8) & 0x00FF_00FF | (uv | uv &<< 8) &<< 8 & 0xFF00_FF00, to: pixels + pair &* 8)
            pair &+= 1
        }
    }

    // Four pairs at a time. Bytes are read as little-endian words, which every supported machine has.
    private typealias Words = SIMD4<UInt32>
    private typealias Levels = SIMD4<Float>

    /// Four words Y0 U Y1 V to eight pixels.
    @inline(__always)
    private static func convert(_ words: Words, to pixels: UnsafeMutableRawPointer) {
        let (first, second) = pixelPairs(words)
        let (low, high) = (SIMD4(first.lowHalf, second.lowHalf), SIMD4(first.highHalf, second.highHalf))
        pixels.storeBytes(of: SIMD4(low.x, low.z, low.y, low.w), as: Words.self)
        (pixels + 16).storeBytes(of: SIMD4(high.x, high.z, high.y, high.w), as: Words.self)
    }

    private static func convertOne(_ word: UInt32, to pixels: UnsafeMutableRawPointer) {
        let (first, second) = pixelPairs(Words(repeating: word))
        pixels.storeBytes(of: first.x, as: UInt32.self)
        (pixels + 4).storeBytes(of: second.x, as: UInt32.self)
    }

    /// The left and the right pixel of each pair.
    @inline(__always)
    private static func pixelPairs(_ words: Words) -> (first: Words, second: Words) {
        let u = exact(words &>> 8 & 255) - 128
        let v = exact(words &>> 24) - 128
        let red = v * redFromV
        let green = u * greenFromU + v * greenFromV
        let blue = u * blueFromU
        let luma0 = (exact(words & 255) - 16) * lumaGain
        let luma1 = (exact(words &>> 16 & 255) - 16) * lumaGain
        return (
            level(luma0 + red) | level(luma0 + green) &<< 8 | level(luma0 + blue) &<< 16,
            level(luma1 + red) | level(luma1 + green) &<< 8 | level(luma1 + blue) &<< 16
        )
    }

    // 2^23: a float this large counts in ones, so its low mantissa bits are a whole number, and conversions both ways
    // are bit operations without a range check.
    private static var ones: Float { 8_388_608 }

    /// 0...255 as floats.
    @inline(__always)
    private static func exact(_ bytes: Words) -> Levels { unsafeBitCast(bytes | 0x4B00_0000, to: Levels.self) - ones }

    /// Clamped to 0...255 and rounded.
    @inline(__always)
    private static func level(_ value: Levels) -> Words {
        let low = value.replacing(with: 0, where: value .< 0)
        let clamped = low.replacing(with: 255, where: low .> 255)
        return unsafeBitCast(clamped + ones, to: Words.self) & 255
    }
}
