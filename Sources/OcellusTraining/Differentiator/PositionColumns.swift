// A convolution's windows as rows of a matrix ("im2col"), a few output rows at a time so that they stay in the cache.
import CBLAS
import OcellusTensor

/// Rows of [taps * channels of a group] for consecutive output positions.
struct PositionColumns {
    let geometry: ConvolutionGeometry
    /// Floats of one position and one group.
    let depth: Int
    private let rowsPerChunk: Int

    /// A quarter of a megabyte: most of a second-level cache.
    private static let chunkSize = 65536

    init(_ geometry: ConvolutionGeometry) {
        self.geometry = geometry
        depth = geometry.taps * (geometry.input.channels / geometry.groups)
        rowsPerChunk = max(1, PositionColumns.chunkSize / (depth * geometry.output.width))
    }

    var scratchCount: Int { rowsPerChunk * geometry.output.width * depth }

    /// Parts of a range of batch * output.height.
    func forEachChunk(in rows: Range<Int>, _ body: (Range<Int>) -> Void) {
        var first = rows.lowerBound
        while first < rows.upperBound {
            let end = min(first + rowsPerChunk, rows.upperBound)
            body(first..<end)
            first = end
        }
    }

    /// Adds dY^T X over `rows` to `sum`, [K, taps, C / groups].
    func accumulate(
        _ x: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>, rows: Range<Int>,
        scratch: UnsafeMutablePointer<Float>, into sum: UnsafeMutablePointer<Float>
    ) {
        let columns = geometry.output.channels / geometry.groups
        let positions = rows.count * geometry.output.width
        let dy = gradient + rows.lowerBound * geometry.output.width * geometry.output.channels
        for group in 0..<geometry.groups {
            forEachRun(rows, group) { place, source, count in
                if let source {
                    (scratch + place).update(from: x + source, count: count)
                } else {
                    (scratch + place).update(repeating: 0, count: count)
                }
            }
            cblas_sgemm(
                CblasRowMajor, CblasTrans, CblasNoTrans, blasint(columns), blasint(depth), blasint(positions), 1,
                dy + group * columns, blasint(geometry.output.channels), scratch, blasint(depth), 1,
                sum + group * columns * depth, blasint(depth))
        }
    }

    /// Adds W^T dY over `rows` to where the windows lie in `target`.
    func scatter(
        _ gradient: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, rows: Range<Int>,
        scratch: UnsafeMutablePointer<Float>, into target: UnsafeMutablePointer<Float>
    ) {
        let columns = geometry.output.channels / geometry.groups
        let positions = rows.count * geometry.output.width
        let dy = gradient + rows.lowerBound * geometry.output.width * geometry.output.channels
        for group in 0..<geometry.groups {
            cblas_sgemm(
                CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(positions), blasint(depth), blasint(columns), 1,
                dy + group * columns, blasint(geometry.output.channels), weights + group * columns * depth,
                blasint(depth), 0, scratch, blasint(depth))
            forEachRun(rows, group) { place, source, count in
                guard let source else { return }
                for i in 0..<count { target[source + i] += scratch[place + i] }
            }
        }
    }

    /// Runs of floats that touch both in the matrix and in the input; `source` is nil in the padding.
    @inline(__always)
    private func forEachRun(
        _ rows: Range<Int>, _ group: Int, _ body: (_ place: Int, _ source: Int?, _ count: Int) -> Void
    ) {
        let (input, output) = (geometry.input, geometry.output)
        let channels = input.channels / geometry.groups
        // Taps side by side are one run when all channels belong to them and nothing lies between.
        let joins = geometry.groups == 1 && geometry.dilationWidth == 1
        var place = 0
        for row in rows {
            let picture = row / output.height * input.height
            let top = row % output.height * geometry.strideHeight - geometry.paddingTop
            for column in 0..<output.width {
                let left = column * geometry.strideWidth - geometry.paddingLeft
                for i in 0..<geometry.kernelHeight {
                    let line = top + i * geometry.dilationHeight
                    let isInside = line >= 0 && line < input.height
                    let start = (picture + line) * input.width
                    if joins, isInside, left >= 0, left + geometry.kernelWidth <= input.width {
                        body(place, (start + left) * input.channels, geometry.kernelWidth * channels)
                        place += geometry.kernelWidth * channels
                        continue
                    }
                    for j in 0..<geometry.kernelWidth {
                        let x = left + j * geometry.dilationWidth
                        let source = isInside && x >= 0 && x < input.width
                        body(place, source ? (start + x) * input.channels + group * channels : nil, channels)
                        place += channels
                    }
                }
            }
        }
    }
}
