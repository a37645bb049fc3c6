// The horizontal half of resampling, laid out as the kernels read it: for each output pixel where in a row of floats
// its pixels begin, and their weights, repeated for every float of a pixel.
import CKernels
import OcellusTensor

/// `ResampleAxis` for rows of `lanes` floats a pixel.
struct RowTable {
    private let pixels: Int
    private let pairs: Int
    private let lanes: Int
    private let starts: Buffer<Int32>
    private let weights: Buffer<Float>
    /// How many floats behind a row of `source` pixels are read: they must be finite, and count nothing.
    let slack: Int

    init(axis: ResampleAxis, lanes: Int) throws(OcellusError) {
        pixels = axis.target
        pairs = (axis.taps + 1) / 2
        self.lanes = lanes
        slack = (2 * pairs) * lanes + 8
        let padded = (pixels + 3) / 4 * 4
        starts = try Buffer(count: padded)
        weights = try Buffer(count: padded * pairs * 8)
        for x in 0..<pixels {
            starts.pointer[x] = axis.starts.pointer[x] * Int32(lanes)
            for tap in 0..<Int(axis.counts.pointer[x]) {
                let weight = Float(axis.weights.pointer[x * axis.taps + tap])
                let first = (x * pairs + tap / 2) * 8 + tap % 2 * lanes
                for lane in 0..<lanes { weights.pointer[first + lane] = weight }
            }
        }
    }

    /// The work of one row. `total` is the sum of all weights of an output pixel, across and down.
    func line(_ row: UnsafePointer<Float>, total: Int, channels: SIMD4<Int32>, writer: FloatWriter) -> ock_resample_line
    {
        ock_resample_line(
            row: row, starts: starts.pointer, weights: weights.pointer, pairs: pairs, lanes: lanes, pixels: pixels,
            channels: (channels.x, channels.y, channels.z, channels.w), unit: Float(1 / Double(total)),
            mean: (writer.mean.x, writer.mean.y, writer.mean.z, 0),
            scale: (writer.scale.x, writer.scale.y, writer.scale.z, 0))
    }
}
