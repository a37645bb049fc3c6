// Everything that depends on a picture's size and format alone, and the pass over its pixels: for each output row the
// source rows it needs are summed, then that one row is resampled and written.
import OcellusTensor

/// Tables and row memory for pictures of one size and format, and one way of preprocessing.
final class ResamplePlan {
    let mapping: InputMapping
    private let preprocessing: Preprocessing
    private let sourceHeight: Int
    private let rows: SourceRows
    private let vertical: ResampleAxis
    private let horizontal: RowResampler
    private let exchangesRedAndBlue: Bool
    /// One source row, summed vertically: [width, pixelBytes].
    private let sum: Buffer<Float>

    init(width: Int, height: Int, format: PixelFormat, preprocessing: Preprocessing) throws(OcellusError) {
        self.preprocessing = preprocessing
        sourceHeight = height
        mapping = InputMapping(sourceWidth: width, sourceHeight: height, preprocessing: preprocessing)
        rows = try SourceRows(width: width, format: format)
        vertical = try ResampleAxis(source: height, target: mapping.resizedHeight)
        horizontal = RowResampler(
            axis: try ResampleAxis(source: width, target: mapping.resizedWidth), pixelFloats: rows.pixelBytes)
        exchangesRedAndBlue = rows.isBlueFirst != (preprocessing.channelOrder == .bgr)
        sum = try Buffer(count: width * rows.pixelBytes)
    }

    func fits(_ image: ImageView) -> Bool {
        image.width == rows.width && image.height == sourceHeight && image.format == rows.format
    }

    /// `image` fits; `output` has room for the whole input.
    @inline(__always)
    func run<Writer: PixelWriter>(
        _ image: ImageView, into output: UnsafeMutablePointer<Writer.Element>, writer: Writer
    ) {
        // The view may be all that keeps its pixels alive.
        defer { extendLifetime(image) }
        rows.begin()
        let inputWidth = preprocessing.inputWidth
        let (left, top) = (Int(mapping.offsetX), Int(mapping.offsetY))
        let (width, height) = (mapping.resizedWidth, mapping.resizedHeight)
        let right = inputWidth &- left &- width
        let fill = fillPixel
        writer.fill(fill, into: output, count: top &* inputWidth)
        for y in 0..<height {
            let row = output + (top &+ y) &* inputWidth &* 3
            sumRows(for: y, of: image)
            if left > 0 { writer.fill(fill, into: row, count: left) }
            let (summed, target) = (UnsafePointer(sum.pointer), row + left &* 3)
            if exchangesRedAndBlue {
                horizontal.run(summed, into: target, writer: ExchangingWriter(writer: writer))
            } else {
                horizontal.run(summed, into: target, writer: writer)
            }
            if right > 0 { writer.fill(fill, into: row + (left &+ width) &* 3, count: right) }
        }
        let bottom = top &+ height
        writer.fill(
            fill, into: output + bottom &* inputWidth &* 3,
            count: (preprocessing.inputHeight &- bottom) &* inputWidth)
    }

    private var fillPixel: SIMD4<Float> {
        if case .letterbox(_, .grey(let level)) = preprocessing.fit { return SIMD4(repeating: level) }
        return SIMD4(preprocessing.mean, 0)
    }

    /// The weighted sum of the source rows that make output row `y`.
    private func sumRows(for y: Int, of image: ImageView) {
        let count = sum.count
        let target = sum.pointer
        let weights = UnsafePointer(vertical.weights.pointer + y &* vertical.taps)
        var first = Int(vertical.starts.pointer[y])
        var taps = vertical.taps
        // Tables pad a footprint with weights of 0; a row that counts nothing is not read.
        var skipped = 0
        while taps > 1, weights[skipped] == 0 { (skipped, first, taps) = (skipped &+ 1, first &+ 1, taps &- 1) }
        while taps > 1, weights[skipped &+ taps &- 1] == 0 { taps &-= 1 }
        let used = weights + skipped
        if taps == 1 {
            RowBlend.one(rows.row(first, of: image), weight: used[0], into: target, count: count)
            return
        }
        var done = min(taps, 4)
        let (row0, row1) = (rows.row(first, of: image), rows.row(first &+ 1, of: image))
        switch done {
        case 2: RowBlend.two(row0, row1, weights: used, into: target, count: count)
        case 3:
            RowBlend.three(row0, row1, rows.row(first &+ 2, of: image), weights: used, into: target, count: count)
        default:
            RowBlend.four(
                row0, row1, rows.row(first &+ 2, of: image), rows.row(first &+ 3, of: image), weights: used,
                into: target, count: count)
        }
        while done &+ 4 <= taps {
            let next = first &+ done
            RowBlend.addingFour(
                rows.row(next, of: image), rows.row(next &+ 1, of: image), rows.row(next &+ 2, of: image),
                rows.row(next &+ 3, of: image), weights: used + done, into: target, count: count)
            done &+= 4
        }
        while done < taps {
            RowBlend.adding(rows.row(first &+ done, of: image), weight: used[done], into: target, count: count)
            done &+= 1
        }
    }
}
