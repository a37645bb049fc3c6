// Learning what a teacher of another architecture sees on the way: its features need not be the student's, but must follow
// from them by a linear map. The map is no part of the network and is not trained: each batch's best one is found by least squares
// (variable projection, Golub and Pereyra 1973, doi 10.1137/0710036). Theory: docs/training.md.
import CBLAS
import CTrainingKernels
import OcellusTensor

/// The loss of one tap. One thread at a time: it has memory for one batch.
final class MappedFeatureLoss {
    /// What is added to the squares of the student's features, as a share of their mean: it keeps silent channels' part of
    /// the map finite.
    static let ridge = 1e-4
    /// Below this share of the teacher's squares their variance is nothing but rounding.
    private static let leastVariance = 1e-6

    /// Cells of a picture, and channels of both.
    private let cells: Int
    private let own: Int
    private let other: Int
    /// [batch, other + own, own]: below the products with the teacher's features, those among the student's.
    private let products: Buffer<Float>
    /// [batch, own + other]
    private let sums: Buffer<Float>
    /// [other, own], and what is added to each of the teacher's channels.
    private let map: Buffer<Float>
    private let offsets: Buffer<Float>
    /// [batch, cells, other]
    private let distances: Buffer<Float>
    private let squares: Buffer<Double>

    /// For maps `shape` of the student and as many cells with `channels` of the teacher. Throws `.outOfMemory`.
    convenience init(_ shape: Shape, teacherChannels channels: Int) throws(OcellusError) {
        let own = shape.channels
        self.init(
            cells: shape.height * shape.width, own: own, other: channels,
            products: try Buffer(count: shape.batch * (channels + own) * own),
            sums: try Buffer(count: shape.batch * (own + channels)), map: try Buffer(count: channels * own),
            offsets: try Buffer(count: channels), distances: try Buffer(count: shape.positions * channels),
            squares: try Buffer(count: shape.batch))
    }

    private init(
        cells: Int, own: Int, other: Int, products: Buffer<Float>, sums: Buffer<Float>, map: Buffer<Float>,
        offsets: Buffer<Float>, distances: Buffer<Float>, squares: Buffer<Double>
    ) {
        self.cells = cells
        self.own = own
        self.other = other
        self.products = products
        self.sums = sums
        self.map = map
        self.offsets = offsets
        self.distances = distances
        self.squares = squares
    }

    /// The share of the variance of `teacher` that no linear map of `student` explains, 0...1. (13b)
    ///
    /// `gradient` is overwritten with the derivative by each number of `student`, times `weight`; by the map it is nothing,
    /// which is the best one. Pictures that are not in `pictures` count nowhere.
    func evaluate(
        _ student: UnsafePointer<Float>, teacher: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>,
        weight: Float, pictures: [Int], _ pool: ThreadPool
    ) -> Float {
        gradient.update(repeating: 0, count: squares.count * cells * own)
        pool.run(chunks: pictures.count) { chunk, _ in
            let picture = pictures[chunk]
            multiply(student + picture * cells * own, teacher + picture * cells * other, picture)
        }
        let variance = solve(pictures)
        guard variance > 0 else { return 0 }
        pool.run(chunks: pictures.count) { chunk, _ in
            let (picture, cells) = (pictures[chunk], self.cells)
            let place = picture * cells
            compare(
                student + place * own, teacher + place * other, distances.pointer + place * other,
                gradient + place * own, factor: Float(2 * Double(weight) / variance))
            squares.pointer[picture] = otk_sum_of_squares(distances.pointer + place * other, cells * other)
        }
        return Float(pictures.reduce(0) { $0 + squares.pointer[$1] } / variance)
    }

    /// The sums of a picture from which the map follows.
    private func multiply(_ s: UnsafePointer<Float>, _ t: UnsafePointer<Float>, _ picture: Int) {
        let product = products.pointer + picture * (other + own) * own
        let sum = sums.pointer + picture * (own + other)
        for (values, channels, target) in [(t, other, product), (s, own, product + other * own)] {
            cblas_sgemm(
                CblasRowMajor, CblasTrans, CblasNoTrans, blasint(channels), blasint(own), blasint(cells), 1, values,
                blasint(channels), s, blasint(own), 0, target, blasint(own))
        }
        otk_column_sums(s, cells, own, sum)
        otk_column_sums(t, cells, other, sum + own)
        squares.pointer[picture] = otk_sum_of_squares(t, cells * other)
    }

    /// Fills `map` and `offsets`; returns the teacher's squares about its mean, 0 when there is nothing to be explained.
    private func solve(_ pictures: [Int]) -> Double {
        var total = [Double](repeating: 0, count: (other + own) * own)
        var mean = [Double](repeating: 0, count: own + other)
        var variance = 0.0
        for picture in pictures {
            let product = products.pointer + picture * total.count
            for index in total.indices { total[index] += Double(product[index]) }
            let sum = sums.pointer + picture * mean.count
            for index in mean.indices { mean[index] += Double(sum[index]) }
            variance += squares.pointer[picture]
        }
        let count = Double(max(pictures.count * cells, 1))
        for index in mean.indices { mean[index] /= count }
        let smallest = max(variance * MappedFeatureLoss.leastVariance, 1e-30)
        for channel in own..<own + other { variance -= count * mean[channel] * mean[channel] }
        // Row by row: first the teacher's channels, then the student's.
        for row in 0..<other + own {
            let rowMean = count * mean[row < other ? own + row : row - other]
            for column in 0..<own { total[row * own + column] -= rowMean * mean[column] }
        }
        let first = other * own
        var trace = 0.0
        for channel in 0..<own { trace += total[first + channel * (own + 1)] }
        guard variance > smallest, trace > 0, variance.isFinite, trace.isFinite else { return 0 }
        for channel in 0..<own { total[first + channel * (own + 1)] += MappedFeatureLoss.ridge * trace / Double(own) }
        guard solve(&total, from: first) else { return 0 }
        for row in 0..<other {
            var offset = mean[own + row]
            for column in 0..<own {
                map.pointer[row * own + column] = Float(total[row * own + column])
                offset -= total[row * own + column] * mean[column]
            }
            offsets.pointer[row] = Float(offset)
        }
        return variance
    }

    /// Puts the map into the place of the products with the teacher's features.
    private func solve(_ total: inout [Double], from first: Int) -> Bool {
        var (order, columns, info) = (blasint(own), blasint(other), blasint(0))
        total.withUnsafeMutableBufferPointer { total in
            guard let base = total.baseAddress else { return }
            // A column of LAPACK's is a row here.
            dposv_("U", &order, &columns, base + first, &order, base, &order, &info, 1)
        }
        return info == 0
    }

    /// How far a picture's mapped features are from the teacher's, and what that asks of the student's.
    private func compare(
        _ s: UnsafePointer<Float>, _ t: UnsafePointer<Float>, _ distance: UnsafeMutablePointer<Float>,
        _ gradient: UnsafeMutablePointer<Float>, factor: Float
    ) {
        for cell in 0..<cells {
            for channel in 0..<other {
                distance[cell * other + channel] = offsets.pointer[channel] - t[cell * other + channel]
            }
        }
        cblas_sgemm(
            CblasRowMajor, CblasNoTrans, CblasTrans, blasint(cells), blasint(other), blasint(own), 1, s, blasint(own),
            map.pointer, blasint(own), 1, distance, blasint(other))
        cblas_sgemm(
            CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(cells), blasint(own), blasint(other), factor, distance,
            blasint(other), map.pointer, blasint(own), 0, gradient, blasint(own))
    }
}
