// The last step of preprocessing: three averaged levels become three numbers of the network's input. Another number type
// is another writer; nothing else changes.

/// Turns a pixel (channels in the network's order, 0...255, fourth lane without meaning) into input elements.
protocol PixelWriter {
    associatedtype Element: SIMDScalar & BitwiseCopyable

    func encode(_ pixel: SIMD4<Float>) -> SIMD4<Element>
}

/// `(pixel - mean) * scale` as float.
struct FloatWriter: PixelWriter {
    let mean: SIMD4<Float>
    let scale: SIMD4<Float>

    init(_ preprocessing: Preprocessing) {
        mean = SIMD4(preprocessing.mean, 0)
        scale = SIMD4(preprocessing.scale, 0)
    }

    @inline(__always)
    func encode(_ pixel: SIMD4<Float>) -> SIMD4<Float> { (pixel - mean) * scale }
}

/// For pictures whose blue comes where the network wants red: exchanges them and hands on to the real writer.
struct ExchangingWriter<Writer: PixelWriter>: PixelWriter {
    let writer: Writer

    @inline(__always)
    func encode(_ pixel: SIMD4<Float>) -> SIMD4<Writer.Element> {
        writer.encode(SIMD4(pixel.z, pixel.y, pixel.x, pixel.w))
    }
}

extension PixelWriter {
    /// The same pixel `count` times, three elements each, and not an element more.
    @inline(__always)
    func fill(_ pixel: SIMD4<Float>, into output: UnsafeMutablePointer<Element>, count: Int) {
        let value = encode(pixel)
        for i in 0..<count {
            output[3 &* i] = value[0]
            output[3 &* i &+ 1] = value[1]
            output[3 &* i &+ 2] = value[2]
        }
    }
}

/// The level itself, rounded to a byte: integer networks subtract the mean in their first convolution.
struct LevelWriter: PixelWriter {
    @inline(__always)
    func encode(_ pixel: SIMD4<Float>) -> SIMD4<UInt8> {
        // Adding 2^23 leaves the nearest whole number in the lowest bits of the float; levels are averages of bytes, so
        // rounding cannot reach 256. The language's own conversion checks every lane.
        let bits = unsafeBitCast(pixel + 0x1p23, to: SIMD4<UInt32>.self)
        return SIMD4<UInt8>(truncatingIfNeeded: bits)
    }
}
