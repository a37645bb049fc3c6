// The last step of preprocessing: levels become numbers of the network's input. Another number type is another writer;
// nothing else changes.
import CKernels
import OcellusTensor

/// Turns levels (channels in the network's order, 0...255) into input elements.
protocol PixelWriter {
    associatedtype Element: SIMDScalar & BitwiseCopyable

    func encode(_ pixel: SIMD4<Float>) -> SIMD4<Element>

    /// A row of output pixels, written exactly.
    func write(
        _ line: UnsafePointer<ock_resample_line>, to output: UnsafeMutablePointer<Element>, _ instructions: ock_isa)

    /// The same where whole numbers do it at once.
    func write(_ fives: UnsafePointer<ock_resample_fives>, to output: UnsafeMutablePointer<Element>)
}

extension PixelWriter {
    /// The same pixel `count` times, three elements each, and not an element more.
    @inline(__always)
    func fill(_ pixel: SIMD4<Float>, into output: UnsafeMutablePointer<Element>, count: Int) {
        guard count > 0 else { return }
        let value = encode(pixel)
        (output[0], output[1], output[2]) = (value[0], value[1], value[2])
        // What is there is copied behind itself: twice as much each time.
        var done = 1
        while done < count {
            let more = min(done, count &- done)
            (output + 3 &* done).copy(from: output, count: 3 &* more)
            done &+= more
        }
    }
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

    func write(
        _ line: UnsafePointer<ock_resample_line>, to output: UnsafeMutablePointer<Float>, _ instructions: ock_isa
    ) {
        ock_resample_floats(instructions, line, output)
    }

    func write(_ fives: UnsafePointer<ock_resample_fives>, to output: UnsafeMutablePointer<Float>) {
        ock_resample_five(fives, nil, output)
    }
}

/// The level itself, rounded to a byte: integer networks subtract the mean in their first convolution.
struct LevelWriter: PixelWriter {
    @inline(__always)
    func encode(_ pixel: SIMD4<Float>) -> SIMD4<UInt8> {
        // Adding 2^23 leaves the nearest whole number in the lowest bits of the float.
        let bits = unsafeBitCast(pixel + 0x1p23, to: SIMD4<UInt32>.self)
        return SIMD4<UInt8>(truncatingIfNeeded: bits)
    }

    func write(
        _ line: UnsafePointer<ock_resample_line>, to output: UnsafeMutablePointer<UInt8>, _ instructions: ock_isa
    ) {
        ock_resample_bytes(instructions, line, output)
    }

    func write(_ fives: UnsafePointer<ock_resample_fives>, to output: UnsafeMutablePointer<UInt8>) {
        ock_resample_five(fives, output, nil)
    }
}
