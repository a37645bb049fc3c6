// The horizontal half of resampling, fused with the final write: each output pixel is a weighted sum of neighbouring
// pixels of one row of floats. A pixel travels in four lanes; the fourth carries nothing.
import OcellusTensor

/// One row of floats, `pixelFloats` a pixel (3 or 4), to one row of the network's input.
struct RowResampler {
    let axis: ResampleAxis
    let pixelFloats: Int

    /// `row` may be read one float past its last pixel (`Buffer` has that slack); `output` is written exactly.
    @inline(__always)
    func run<Writer: PixelWriter>(
        _ row: UnsafePointer<Float>, into output: UnsafeMutablePointer<Writer.Element>, writer: Writer
    ) {
        switch axis.taps {
        case 1: each(row, output, writer) { pixel, weights in pixel.load(0) * weights[0] }
        case 2:
            each(row, output, writer) { pixel, weights in
                pixel.load(0) * weights[0] + pixel.load(1) * weights[1]
            }
        case 3:
            each(row, output, writer) { pixel, weights in
                pixel.load(0) * weights[0] + pixel.load(1) * weights[1] + pixel.load(2) * weights[2]
            }
        case 4:
            each(row, output, writer) { pixel, weights in
                (pixel.load(0) * weights[0] + pixel.load(1) * weights[1])
                    + (pixel.load(2) * weights[2] + pixel.load(3) * weights[3])
            }
        default:
            let taps = axis.taps
            each(row, output, writer) { pixel, weights in
                var sum = SIMD4<Float>()
                for tap in 0..<taps { sum += pixel.load(tap) * weights[tap] }
                return sum
            }
        }
    }

    /// A source position from which pixels are loaded.
    struct Cursor {
        let base: UnsafeRawPointer
        let pixelBytes: Int

        @inline(__always)
        func load(_ tap: Int) -> SIMD4<Float> {
            (base + tap &* pixelBytes).loadUnaligned(as: SIMD4<Float>.self)
        }
    }

    @inline(__always)
    private func each<Writer: PixelWriter>(
        _ row: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Writer.Element>, _ writer: Writer,
        _ sum: (Cursor, UnsafePointer<Float>) -> SIMD4<Float>
    ) {
        let (taps, pixelBytes) = (axis.taps, pixelFloats &* 4)
        let (starts, weights) = (UnsafePointer(axis.starts.pointer), UnsafePointer(axis.weights.pointer))
        let source = UnsafeRawPointer(row)
        let last = axis.target &- 1
        let step = 3 &* MemoryLayout<Writer.Element>.stride
        var x = 0
        while x < last {
            let cursor = Cursor(base: source + Int(starts[x]) &* pixelBytes, pixelBytes: pixelBytes)
            let value = writer.encode(sum(cursor, weights + x &* taps))
            // Four elements: the fourth is overwritten by the next pixel.
            (UnsafeMutableRawPointer(output) + x &* step).storeBytes(of: value, as: SIMD4<Writer.Element>.self)
            x &+= 1
        }
        // The last pixel must not write behind the row.
        let cursor = Cursor(base: source + Int(starts[last]) &* pixelBytes, pixelBytes: pixelBytes)
        writer.fill(sum(cursor, weights + last &* taps), into: output + 3 &* last, count: 1)
    }
}
