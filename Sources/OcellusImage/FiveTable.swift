// Both sums of resampling in one pass of whole numbers, for sizes where at most four pixels count each way: the tables
// that the kernel reads for groups of five output pixels. Elsewhere `RowTable` and a summed row do the same.
import CKernels
import OcellusTensor

/// `ResampleAxis` along a row of bytes, and what a row of output is made with. A class: a copy is one reference.
final class FiveTable {
    /// Bytes that a group's start lets the kernel read.
    private static let window = 64
    /// Less comes too late; more does not come sooner.
    private static let rowsAhead = 4

    private let vertical: ResampleAxis
    private let starts: Buffer<Int32>
    /// [groups, 2, 64]: places, then weights.
    private let table: Buffer<UInt8>
    /// What all rows share.
    private var common = ock_resample_fives()

    /// Nil where the kernels have no such pass or sums would be too large for it.
    ///
    /// `lanes` bytes a pixel, of which `channels` become the output's; rows hold `source` pixels.
    static func make(
        across: ResampleAxis, down: ResampleAxis, source: Int, lanes: Int, channels: SIMD4<Int32>, writer: FloatWriter,
        kernels: KernelSet
    ) throws(OcellusError) -> FiveTable? {
        let last = source &* lanes &- window
        guard ock_resample_has_fives(kernels.quantized) != 0, last >= 0, across.taps <= 4, down.taps <= 4,
            across.total <= 127, 255 &* across.total &* down.total < 1 << 24
        else { return nil }
        let groups = (across.target &+ 4) / 5
        let (starts, table) = (try Buffer<Int32>(count: groups), try Buffer<UInt8>(count: groups &* 2 &* window))
        for x in 0..<across.target {
            let (group, first) = (x / 5, Int(across.starts.pointer[x]) &* lanes)
            if x % 5 == 0 { starts.pointer[group] = Int32(truncatingIfNeeded: min(first, last)) }
            let place = first &- Int(starts.pointer[group])
            for channel in 0..<3 {
                let entries = table.pointer + (group &* 2 &* window &+ (x % 5 &* 3 &+ channel) &* 4)
                for tap in 0..<Int(across.counts.pointer[x]) {
                    entries[tap] = UInt8(truncatingIfNeeded: place &+ tap &* lanes &+ Int(channels[channel]))
                    entries[window &+ tap] = UInt8(truncatingIfNeeded: across.weights.pointer[x &* across.taps &+ tap])
                }
            }
        }
        return FiveTable(down, starts, table, Float(1 / Double(down.total &* across.total)), across.target, writer)
    }

    private init(
        _ vertical: ResampleAxis, _ starts: Buffer<Int32>, _ table: Buffer<UInt8>, _ unit: Float, _ pixels: Int,
        _ writer: FloatWriter
    ) {
        self.vertical = vertical
        self.starts = starts
        self.table = table
        common.starts = UnsafePointer(starts.pointer)
        common.table = UnsafePointer(table.pointer)
        common.pixels = pixels
        common.unit = unit
        common.mean = (writer.mean.x, writer.mean.y, writer.mean.z)
        common.scale = (writer.scale.x, writer.scale.y, writer.scale.z)
    }

    /// What output row `y` of `image`, whose rows `rows` hands out, is made with.
    func row(_ y: Int, of image: ImageView, _ rows: SourceRows) -> ock_resample_fives {
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
        return fives
    }
}
