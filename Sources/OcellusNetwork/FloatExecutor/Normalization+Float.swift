// Normalisations at inference. Batch normalisation is one multiply-add a channel, and so is a learned scale.
import CSystem
import OcellusTensor

extension StepContext {
    func prepare(_ operation: BatchNormalization) throws(OcellusError) -> FloatStep {
        let scale = try values(operation.scale)
        let shift = try values(operation.shift)
        let mean = try values(operation.mean)
        let variance = try values(operation.variance)
        let factors = try Buffer<Float>(count: scale.count)
        let offsets = try Buffer<Float>(count: scale.count)
        for c in 0..<scale.count {
            let factor = scale.pointer[c] / sqrtf(variance.pointer[c] + operation.epsilon)
            factors.pointer[c] = factor
            offsets.pointer[c] = shift.pointer[c] - mean.pointer[c] * factor
        }
        return .affine(AffineStep(shape: output, factors: factors, offsets: offsets))
    }

    func prepare(_ operation: GroupNormalization) throws(OcellusError) -> FloatStep {
        .groupNormalization(
            GroupNormalizationStep(
                shape: output, groups: operation.groups, epsilon: operation.epsilon,
                scale: try values(operation.scale), shift: try values(operation.shift)))
    }

    func prepare(_ operation: L2Normalization) throws(OcellusError) -> FloatStep {
        .l2Normalization(
            L2NormalizationStep(shape: output, epsilon: operation.epsilon, scale: try values(operation.scale)))
    }

    func prepare(_ operation: Scale) throws(OcellusError) -> FloatStep {
        let factor = try values(operation.factor)
        let factors = try Buffer<Float>(count: output.channels)
        for c in 0..<output.channels { factors.pointer[c] = factor.pointer[factor.count == 1 ? 0 : c] }
        return .affine(AffineStep(shape: output, factors: factors, offsets: try Buffer(count: output.channels)))
    }
}

/// y = x * factor + offset, a factor and an offset a channel.
package struct AffineStep {
    let shape: Shape
    let factors: Buffer<Float>
    let offsets: Buffer<Float>

    func run(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>) {
        let channels = shape.channels
        for position in 0..<shape.positions {
            let start = position &* channels
            for c in 0..<channels { y[start &+ c] = x[start &+ c] * factors.pointer[c] + offsets.pointer[c] }
        }
    }
}

package struct GroupNormalizationStep {
    let shape: Shape
    let groups: Int
    let epsilon: Float
    let scale: Buffer<Float>
    let shift: Buffer<Float>

    func run(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>) {
        let width = shape.channels / groups
        let positions = shape.height &* shape.width
        for n in 0..<shape.batch {
            for group in 0..<groups {
                let start = n &* positions &* shape.channels &+ group &* width
                // Two passes in Double: one pass cancels when the mean is large against the deviation.
                var sum = 0.0
                each(start, positions, width) { sum += Double(x[$0]) }
                let count = Double(positions &* width)
                let mean = sum / count
                var squares = 0.0
                each(start, positions, width) { squares += (Double(x[$0]) - mean) * (Double(x[$0]) - mean) }
                let factor = 1 / sqrt(squares / count + Double(epsilon))
                each(start, positions, width) {
                    let c = $0 % shape.channels
                    y[$0] = Float((Double(x[$0]) - mean) * factor) * scale.pointer[c] + shift.pointer[c]
                }
            }
        }
    }

    private func each(_ start: Int, _ positions: Int, _ width: Int, _ body: (Int) -> Void) {
        for position in 0..<positions {
            for c in 0..<width { body(start &+ position &* shape.channels &+ c) }
        }
    }
}

package struct L2NormalizationStep {
    let shape: Shape
    let epsilon: Float
    let scale: Buffer<Float>

    func run(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>) {
        let channels = shape.channels
        for position in 0..<shape.positions {
            let start = position &* channels
            var squares: Float = 0
            for c in 0..<channels { squares += x[start &+ c] * x[start &+ c] }
            let factor = 1 / sqrtf(squares + epsilon)
            for c in 0..<channels { y[start &+ c] = x[start &+ c] * factor * scale.pointer[c] }
        }
    }
}
