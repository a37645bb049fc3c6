// Batch normalisation (arXiv 1502.03167) together with the activation behind it.
import CTrainingKernels
import Glibc
import OcellusNetwork
import OcellusTensor

/// y = f(x * factor + offset) with factor = scale / deviation, offset = shift - mean * factor.
///
/// Only x is kept: backwards the sign of y is computed anew, which is cheaper than memory.
final class BatchNormalizationStep: DifferentiableStep {
    private let input: Int
    private let output: Int
    private let shape: Shape
    private let operation: BatchNormalization
    private let clamp: otk_clamp
    private let mode: Differentiator.Normalization
    private let store: ParameterStore
    private let columns: ColumnSums
    /// Of the latest forward pass, a channel each.
    private var mean: [Float]
    private var inverseDeviation: [Double]
    /// The same and more as the kernels read them, a column each.
    private let factor: Buffer<Float>
    private let offset: Buffer<Float>
    private let columnMean: Buffer<Float>
    private let a: Buffer<Float>
    private let b: Buffer<Float>
    private let c: Buffer<Float>

    init(
        _ maker: StepMaker, normalization: Int, output: Int, _ operation: BatchNormalization, _ activation: Activation?
    ) throws(OcellusError) {
        guard let clamp = otk_clamp(activation) else {
            throw OcellusError(.unsupported, "a normalisation cannot be computed together with \(activation!.title)")
        }
        input = maker.graph.nodes[normalization].inputs[0]
        self.output = output
        shape = maker.shape(output)
        self.operation = operation
        self.clamp = clamp
        mode = maker.settings.normalization
        store = maker.store
        columns = try ColumnSums(shape)
        mean = [Float](repeating: 0, count: shape.channels)
        inverseDeviation = [Double](repeating: 0, count: shape.channels)
        factor = try Buffer(count: columns.period)
        offset = try Buffer(count: columns.period)
        columnMean = try Buffer(count: columns.period)
        a = try Buffer(count: columns.period)
        b = try Buffer(count: columns.period)
        c = try Buffer(count: columns.period)
    }

    func forward(_ memory: DifferentiatorMemory) {
        let x = memory.value(input)
        let (runningMean, runningVariance) = (store.values(operation.mean), store.values(operation.variance))
        switch mode {
        case .batch(let momentum):
            let moments = columns.moments(x, memory.pool)
            let count = Double(shape.positions)
            for k in 0..<shape.channels {
                mean[k] = Float(moments.mean[k])
                let variance = moments.squares[k] / count
                inverseDeviation[k] = 1 / (variance + Double(operation.epsilon)).squareRoot()
                // The running variance is that of the population, as every framework keeps it.
                let unbiased = Float(moments.squares[k] / max(count - 1, 1))
                runningMean.pointer[k] += momentum * (mean[k] - runningMean.pointer[k])
                runningVariance.pointer[k] += momentum * (unbiased - runningVariance.pointer[k])
            }
        case .frozen:
            for k in 0..<shape.channels {
                mean[k] = runningMean.pointer[k]
                inverseDeviation[k] = 1 / (Double(runningVariance.pointer[k]) + Double(operation.epsilon)).squareRoot()
            }
        }
        let (scale, shift) = (store.values(operation.scale), store.values(operation.shift))
        for column in 0..<columns.period {
            let k = column % shape.channels
            let f = Double(scale.pointer[k]) * inverseDeviation[k]
            factor.pointer[column] = Float(f)
            offset.pointer[column] = Float(Double(shift.pointer[k]) - Double(mean[k]) * f)
            columnMean.pointer[column] = mean[k]
        }
        recompute(memory)
    }

    /// From x and what `forward` found in it.
    func recompute(_ memory: DifferentiatorMemory) {
        let (x, y) = (memory.value(input), memory.value(output))
        columns.forEachChunk(memory.pool) { start, rows, _ in
            otk_normalize(x + start, y + start, rows, self.columns.period, factor.pointer, offset.pointer, clamp)
        }
    }

    func backward(_ memory: DifferentiatorMemory) {
        guard memory.gradientPlace(output) != nil else { return }
        let (x, gradient) = (memory.value(input), memory.gradient(output))
        let sums = columns.gradientSums(
            gradient, x, factor: factor, offset: offset, mean: columnMean, clamp, memory.pool)
        let (shiftGradient, scaleGradient) = (store.gradient(operation.shift), store.gradient(operation.scale))
        let scale = store.values(operation.scale)
        let count = Double(shape.positions)
        for k in 0..<shape.channels {
            shiftGradient?.pointer[k] = Float(sums.plain[k])
            scaleGradient?.pointer[k] = Float(sums.withDistance[k] * inverseDeviation[k])
        }
        for column in 0..<columns.period {
            let k = column % shape.channels
            let f = Double(scale.pointer[k]) * inverseDeviation[k]
            a.pointer[column] = Float(f)
            guard case .batch = mode else { continue }
            // dx = f * (g - mean(g) - x^ * mean(g * x^)), x^ = (x - mean) / deviation
            let slope = -f * inverseDeviation[k] * inverseDeviation[k] * sums.withDistance[k] / count
            b.pointer[column] = Float(slope)
            c.pointer[column] = Float(-f * sums.plain[k] / count - slope * Double(mean[k]))
        }
        guard memory.gradientPlace(input) != nil else { return }
        if memory.plan.sharesGradient(output, input) {
            differentiate(memory, x, gradient, gradient)
            memory.markWritten(input)
        } else {
            memory.contribute(to: input) { differentiate(memory, x, gradient, $0) }
        }
    }

    private func differentiate(
        _ memory: DifferentiatorMemory, _ x: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>,
        _ result: UnsafeMutablePointer<Float>
    ) {
        columns.forEachChunk(memory.pool) { start, rows, _ in
            otk_normalize_backward(
                gradient + start, x + start, result + start, rows, self.columns.period, factor.pointer, offset.pointer,
                a.pointer, b.pointer, c.pointer, clamp)
        }
    }
}
