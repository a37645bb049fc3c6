// Everything that depends on a picture's size and format alone, and the pass over its pixels: for each output row the
// source rows it needs are summed, then that one row is resampled and written.
import CKernels
import OcellusTensor

/// Tables and row memory for pictures of one size and format, and one way of preprocessing.
///
/// Sums down are whole numbers and exact. Across, products and sums of floats are rounded one by one in a fixed order,
/// so that every instruction set gives the same bits; for up to four taps a level is within 1e-4 of the exact one.
struct ResamplePlan {
    let mapping: InputMapping
    private let preprocessing: Preprocessing
    private let instructions: ock_isa
    private let sourceHeight: Int
    private let vertical: ResampleAxis
    private let horizontal: RowTable
    /// Both directions at once, where that is possible.
    private let fives: FiveTable?
    /// One for each thread.
    private let workers: [Worker]

    /// What a thread works in.
    private struct Worker {
        let rows: SourceRows
        /// One source row, summed vertically: [width, pixelBytes], then zeros for the kernels.
        let sum: Buffer<Float>
        let line: ock_resample_line
    }

    init(
        width: Int, height: Int, format: PixelFormat, preprocessing: Preprocessing, kernels: KernelSet,
        threads: Int = 1
    ) throws(OcellusError) {
        self.preprocessing = preprocessing
        instructions = kernels.instructions
        sourceHeight = height
        mapping = InputMapping(sourceWidth: width, sourceHeight: height, preprocessing: preprocessing)
        let rows = try SourceRows(width: width, format: format, kernels: kernels)
        vertical = try ResampleAxis(source: height, target: mapping.resizedHeight)
        let across = try ResampleAxis(source: width, target: mapping.resizedWidth)
        horizontal = try RowTable(axis: across, lanes: rows.pixelBytes)
        var channels = rows.channels
        if preprocessing.channelOrder == .bgr { (channels.x, channels.z) = (channels.z, channels.x) }
        fives = try FiveTable.make(
            across: across, down: vertical, source: width, lanes: rows.pixelBytes, channels: channels,
            writer: FloatWriter(preprocessing), kernels: kernels)
        var workers: [Worker] = []
        for index in 0..<threads {
            let sum = try Buffer<Float>(
                count: width * rows.pixelBytes + max(horizontal.slack, Int(OCK_RESAMPLE_SLACK)))
            workers.append(
                Worker(
                    rows: index == 0 ? rows : try SourceRows(width: width, format: format, kernels: kernels), sum: sum,
                    line: horizontal.line(
                        sum.pointer, total: vertical.total * across.total, channels: channels,
                        writer: FloatWriter(preprocessing))))
        }
        self.workers = workers
    }

    func fits(_ image: ImageView) -> Bool {
        image.width == workers[0].rows.width && image.height == sourceHeight
            && image.format == workers[0].rows.format
    }

    /// `image` fits; `output` has room for the whole input; `pool` has no more threads than the plan.
    @inline(__always)
    func run<Writer: PixelWriter>(
        _ image: ImageView, into output: UnsafeMutablePointer<Writer.Element>, writer: Writer, pool: ThreadPool?
    ) {
        // The view may be all that keeps its pixels alive.
        defer { extendLifetime(image) }
        for index in 0..<workers.count { workers[index].rows.begin() }
        let inputWidth = preprocessing.inputWidth
        let (top, height) = (Int(mapping.offsetY), mapping.resizedHeight)
        let fill = fillPixel
        writer.fill(fill, into: output, count: top &* inputWidth)
        ThreadPool.run(rows: height, on: pool) { part, worker in
            resample(part, of: image, into: output, writer: writer, workers[worker])
        }
        let bottom = top &+ height
        writer.fill(
            fill, into: output + bottom &* inputWidth &* 3,
            count: (preprocessing.inputHeight &- bottom) &* inputWidth)
    }

    /// Rows of the resized picture.
    @inline(__always)
    private func resample<Writer: PixelWriter>(
        _ part: Range<Int>, of image: ImageView, into output: UnsafeMutablePointer<Writer.Element>, writer: Writer,
        _ worker: Worker
    ) {
        let inputWidth = preprocessing.inputWidth
        let (left, top, width) = (Int(mapping.offsetX), Int(mapping.offsetY), mapping.resizedWidth)
        let right = inputWidth &- left &- width
        let fill = fillPixel
        withUnsafePointer(to: worker.line) { line in
            for y in part {
                let row = output + (top &+ y) &* inputWidth &* 3
                writer.fill(fill, into: row, count: left)
                if let fives {
                    var fives = fives.row(y, of: image, worker.rows)
                    writer.write(&fives, to: row + left &* 3)
                } else {
                    sumRows(for: y, of: image, worker)
                    writer.write(line, to: row + left &* 3, instructions)
                }
                writer.fill(fill, into: row + (left &+ width) &* 3, count: right)
            }
        }
    }

    private var fillPixel: SIMD4<Float> {
        if case .letterbox(_, .grey(let level)) = preprocessing.fit { return SIMD4(repeating: level) }
        return SIMD4(preprocessing.mean, 0)
    }

    /// The weighted sum of the source rows that make output row `y`, four rows at a time: loading and storing the sum
    /// costs as much as a row.
    @_optimize(speed)
    private func sumRows(for y: Int, of image: ImageView, _ worker: Worker) {
        let rows = worker.rows
        let (first, count) = (Int(vertical.starts.pointer[y]), Int(vertical.counts.pointer[y]))
        let weights = UnsafePointer(vertical.weights.pointer + y &* vertical.taps)
        var blend = ock_resample_blend()
        blend.count = rows.width &* rows.pixelBytes
        blend.out = worker.sum.pointer
        blend.total = Int32(vertical.total)
        var done = 0
        while done < count {
            let (left, next, part) = (count &- done, first &+ done, weights + done)
            // A row that is missing is the last one again, with a weight of 0.
            func row(_ index: Int) -> UnsafePointer<UInt8> { rows.row(next &+ min(index, left &- 1), of: image) }
            func weight(_ index: Int) -> Int16 { index < left ? part[index] : 0 }
            blend.rows = (row(0), row(1), row(2), row(3))
            blend.weights = (weight(0), weight(1), weight(2), weight(3))
            blend.high = min(max(left, 2), 4)
            blend.adds = done > 0 ? 1 : 0
            ock_resample_rows(instructions, &blend)
            done &+= 4
        }
    }
}
