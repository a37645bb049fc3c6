// Both sums of resampling in one pass of whole numbers, for sizes where at most four pixels count each way: the tables
// that the kernel reads for groups of five output pixels. Elsewhere `RowTable` and a summed row do the same.
import CKernels
import OcellusTensor

/// `ResampleAxis` along a row of bytes, and what a row of output is made with.
struct FiveTable {
    /// Bytes that a group's start lets the kernel read.
    private static let window = 64

    /// Less comes too late; more does not come sooner.
    private static let rowsAhead = 4

    private let vertical: ResampleAxis
    private let starts: Buffer<Int32>
    /// [groups, 2, 64]: places, then weights.
    private let table: Buffer<UInt8>
    private let common: ock_resample_fives

    /// Nil where the kernels have no such pass or sums would be too large for it.
    ///
    /// `lanes` bytes a pixel, of which `channels` become the output's; rows hold `source` pixels.
    init?(
        across: ResampleAxis, down: ResampleAxis, source: Int, lanes: Int, channels: SIMD4<Int32>, writer: FloatWriter,
        kernels: KernelSet
    ) throws(OcellusError) {
        let last = source * lanes - FiveTable.window
        guard ock_resample_has_fives(kernels.quantized) != 0, last >= 0, across.taps <= 4, down.taps <= 4,
            across.total <= 127, 255 * across.total * down.total < 1 << 24
        else { return nil }
        let groups = (across.target + 4) / 5
        vertical = down
        starts = try Buffer(count: groups)
        table = try Buffer(count: groups * 2 * FiveTable.window)
        for x in 0..<across.target {
            let (group, pixel) = (x / 5, x % 5)
            if pixel == 0 { starts.pointer[group] = min(across.starts.pointer[x] * Int32(lanes), Int32(last)) }
            for channel in 0..<3 {
                let entries = table.pointer + group * 2 * FiveTable.window + (pixel * 3 + channel) * 4
                for tap in 0..<Int(across.counts.pointer[x]) {
                    let place = (Int(across.starts.pointer[x]) + tap) * lanes + Int(channels[channel])
                    entries[tap] = UInt8(place - Int(starts.pointer[group]))
                    entries[FiveTable.window + tap] = UInt8(across.weights.pointer[x * across.taps + tap])
                }
            }
        }
        var common = ock_resample_fives()
        common.starts = UnsafePointer(starts.pointer)
        common.table = UnsafePointer(table.pointer)
        common.pixels = across.target
        common.unit = Float(1 / Double(down.total * across.total))
        withUnsafeMutableBytes(of: &common.mean) { FiveTable.repeated(writer.mean, $0.bindMemory(to: Float.self)) }
        withUnsafeMutableBytes(of: &common.scale) { FiveTable.repeated(writer.scale, $0.bindMemory(to: Float.self)) }
        self.common = common
    }

    private static func repeated(_ pixel: SIMD4<Float>, _ values: UnsafeMutableBufferPointer<Float>) {
        for index in values.indices { values[index] = pixel[index % 3] }
    }

    /// Output row `y` of `image`, whose rows `rows` hands out.
    @inline(__always)
    func write<Writer: PixelWriter>(
        _ y: Int, of image: ImageView, _ rows: SourceRows, to output: UnsafeMutablePointer<Writer.Element>,
        _ writer: Writer
    ) {
        var fives = common
        let (first, count) = (Int(vertical.starts.pointer[y]), Int(vertical.counts.pointer[y]))
        let weights = UnsafePointer(vertical.weights.pointer + y &* vertical.taps)
        // A row that is missing is the last one again, with a weight of 0.
        func row(_ index: Int) -> UnsafePointer<UInt8> { rows.row(first &+ min(index, count &- 1), of: image) }
        func weight(_ index: Int) -> Int16 { index < count ? weights[index] : 0 }
        // Rows that are converted first are in the cache.
        fives.ahead = image.format.needsEvenWidth ? 0 : FiveTable.rowsAhead &* image.stride
        fives.high = count > 2 ? 4 : 2
        fives.rows = (row(0), row(1), row(2), row(3))
        fives.weights = (weight(0), weight(1), weight(2), weight(3))
        writer.write(&fives, to: output)
    }
}
