// The gradient of a convolution with respect to its weights: a sum over all positions of all pictures. Each thread adds up
// its own share of the pictures; the shares are then added in order, so that the same threads give the same bits. Of
// large weights each thread computes its own rows instead, which needs no second copy.
import CBLAS
import CTrainingKernels
import OcellusTensor

/// dW of one convolution.
final class WeightGradient {
    private enum Way {
        /// 1x1 at stride 1: the input is the matrix.
        case product
        case depthwise(otk_depthwise)
        case columns(PositionColumns)
    }

    private let geometry: ConvolutionGeometry
    private let way: Way
    private let result: Buffer<Float>
    /// One sum a thread.
    private let shares: Buffer<Float>
    private let threads: Int
    /// Whether threads share the output channels of a product, not its positions.
    private let sharesRows: Bool

    /// Weights from here on are large: several megabytes of shares would leave the cache.
    private static let large = 1 << 16

    init(_ geometry: ConvolutionGeometry, _ result: Buffer<Float>, threads: Int) throws(OcellusError) {
        self.geometry = geometry
        self.result = result
        let isProduct =
            geometry.taps == 1 && geometry.groups == 1 && geometry.strideHeight == 1 && geometry.paddingTop == 0
            && geometry.paddingLeft == 0 && geometry.input.positions == geometry.output.positions
        sharesRows = isProduct && result.count >= WeightGradient.large
        self.threads = min(threads, geometry.output.batch * geometry.output.height)
        shares = try Buffer(count: sharesRows ? 0 : result.count * self.threads)
        if geometry.isDepthwise {
            way = .depthwise(otk_depthwise(geometry))
        } else if isProduct {
            way = .product
        } else {
            way = .columns(PositionColumns(geometry))
        }
    }

    var scratchCount: Int {
        if case .columns(let columns) = way { return columns.scratchCount }
        return 0
    }

    func compute(_ memory: DifferentiatorMemory, x: UnsafePointer<Float>, gradient: UnsafePointer<Float>) {
        if sharesRows {
            memory.pool.run(chunks: threads) { share, _ in computeRows(share, x, gradient) }
            return
        }
        memory.pool.run(chunks: threads) { share, worker in
            add(share, memory.scratch(worker), x, gradient, into: shares.pointer + share * result.count)
        }
        sumShares()
    }

    /// dW[k] for the output channels of one share, over all positions.
    private func computeRows(_ share: Int, _ x: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>) {
        let (inputs, outputs) = (geometry.input.channels, geometry.output.channels)
        let rows = outputs * share / threads..<outputs * (share + 1) / threads
        cblas_sgemm(
            CblasRowMajor, CblasTrans, CblasNoTrans, blasint(rows.count), blasint(inputs),
            blasint(geometry.output.positions), 1, gradient + rows.lowerBound, blasint(outputs), x, blasint(inputs), 0,
            result.pointer + rows.lowerBound * inputs, blasint(inputs))
    }

    private func add(
        _ share: Int, _ scratch: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>,
        _ gradient: UnsafePointer<Float>, into sum: UnsafeMutablePointer<Float>
    ) {
        let (input, output) = (geometry.input, geometry.output)
        switch way {
        case .product:
            let part = output.positions * share / threads..<output.positions * (share + 1) / threads
            cblas_sgemm(
                CblasRowMajor, CblasTrans, CblasNoTrans, blasint(output.channels), blasint(input.channels),
                blasint(part.count), 1, gradient + part.lowerBound * output.channels, blasint(output.channels),
                x + part.lowerBound * input.channels, blasint(input.channels), 0, sum, blasint(input.channels))
        case .depthwise(let shape):
            sum.update(repeating: 0, count: result.count)
            for n in output.batch * share / threads..<output.batch * (share + 1) / threads {
                withUnsafePointer(to: shape) {
                    otk_depthwise_weights(
                        $0, x + n * (input.count / input.batch), gradient + n * (output.count / output.batch), sum)
                }
            }
        case .columns(let columns):
            sum.update(repeating: 0, count: result.count)
            let rows = output.batch * output.height
            columns.forEachChunk(in: rows * share / threads..<rows * (share + 1) / threads) { part in
                columns.accumulate(x, gradient, rows: part, scratch: scratch, into: sum)
            }
        }
    }

    private func sumShares() {
        for share in 1..<max(threads, 1) {
            otk_accumulate(shares.pointer, shares.pointer + share * result.count, 1, result.count)
        }
        guard geometry.isDepthwise else {
            result.pointer.update(from: shares.pointer, count: result.count)
            return
        }
        // [tap][channel], as the loops like it, becomes [channel][tap], as weights are kept.
        let channels = geometry.input.channels
        for c in 0..<channels {
            for tap in 0..<geometry.taps {
                result.pointer[c * geometry.taps + tap] = shares.pointer[tap * channels + c]
            }
        }
    }
}
