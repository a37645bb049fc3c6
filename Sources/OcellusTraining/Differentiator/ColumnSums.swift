// Sums over all positions of a tensor, a channel each: cut into chunks of a fixed size, so that the result does not depend
// on how many threads share them, and added up in double precision.
import CTrainingKernels
import OcellusTensor

/// The chunks of one shape and room for their partial sums.
struct ColumnSums {
    /// Floats in a row of the kernels: the channels, or several positions of few channels.
    let period: Int
    private let shape: Shape
    private let rows: Int
    private let rowsPerChunk: Int
    private let chunks: Int
    /// Two rows of `period` floats a chunk.
    private let partial: Buffer<Float>

    private static let chunkSize = 16384

    init(_ shape: Shape) throws(OcellusError) {
        self.shape = shape
        var positions = shape.channels < 64 && 64 % shape.channels == 0 ? 64 / shape.channels : 1
        while shape.positions % positions != 0 { positions /= 2 }
        period = shape.channels * positions
        rows = shape.count / period
        rowsPerChunk = max(1, ColumnSums.chunkSize / period)
        chunks = (rows + rowsPerChunk - 1) / rowsPerChunk
        partial = try Buffer(count: 2 * period * chunks)
    }

    /// `start` in floats from the tensor's beginning.
    func forEachChunk(_ pool: ThreadPool, _ body: (_ start: Int, _ rows: Int, _ chunk: Int) -> Void) {
        pool.run(chunks: chunks) { chunk, _ in
            let first = chunk * rowsPerChunk
            body(first * period, min(rowsPerChunk, rows - first), chunk)
        }
    }

    /// Mean and sum of squared distances from it.
    func moments(_ x: UnsafePointer<Float>, _ pool: ThreadPool) -> (mean: [Double], squares: [Double]) {
        forEachChunk(pool) { start, rows, chunk in
            let place = partial.pointer + 2 * period * chunk
            otk_moments(x + start, rows, period, place, place + period)
        }
        var mean = [Double](repeating: 0, count: shape.channels)
        forEachPartial { k, first, _, rows in mean[k] += Double(first) * Double(rows) }
        for k in mean.indices { mean[k] /= Double(shape.positions) }
        // Chan, Golub, LeVeque: the parts' squares, and what their means lie apart.
        var squares = [Double](repeating: 0, count: shape.channels)
        forEachPartial { k, first, second, rows in
            let distance = Double(first) - mean[k]
            squares[k] += Double(second) + distance * distance * Double(rows)
        }
        return (mean, squares)
    }

    /// Sums of the gradient behind the clamp, and of it times the distance from the mean.
    func gradientSums(
        _ gradient: UnsafePointer<Float>, _ x: UnsafePointer<Float>, factor: Buffer<Float>, offset: Buffer<Float>,
        mean: Buffer<Float>, _ clamp: otk_clamp, _ pool: ThreadPool
    ) -> (plain: [Double], withDistance: [Double]) {
        forEachChunk(pool) { start, rows, chunk in
            let place = partial.pointer + 2 * period * chunk
            otk_normalize_sums(
                gradient + start, x + start, rows, period, factor.pointer, offset.pointer, mean.pointer, clamp, place,
                place + period)
        }
        var plain = [Double](repeating: 0, count: shape.channels)
        var withDistance = plain
        forEachPartial { k, first, second, _ in
            plain[k] += Double(first)
            withDistance[k] += Double(second)
        }
        return (plain, withDistance)
    }

    /// Sums of a tensor.
    func sums(_ x: UnsafePointer<Float>, _ pool: ThreadPool, into result: Buffer<Float>) {
        forEachChunk(pool) { start, rows, chunk in
            otk_column_sums(x + start, rows, period, partial.pointer + 2 * period * chunk)
        }
        var sums = [Double](repeating: 0, count: shape.channels)
        forEachPartial { k, first, _, _ in sums[k] += Double(first) }
        for k in sums.indices { result.pointer[k] = Float(sums[k]) }
    }

    @inline(__always)
    private func forEachPartial(_ body: (_ channel: Int, _ first: Float, _ second: Float, _ rows: Int) -> Void) {
        for chunk in 0..<chunks {
            let place = partial.pointer + 2 * period * chunk
            let rows = min(rowsPerChunk, self.rows - chunk * rowsPerChunk)
            var k = 0
            for column in 0..<period {
                body(k, place[column], place[period + column], rows)
                k += 1
                if k == shape.channels { k = 0 }
            }
        }
    }
}
