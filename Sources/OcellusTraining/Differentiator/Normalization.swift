// Normalisations within one picture: group (arXiv 1803.08494) and L2 over channels (arXiv 1512.02325). Few networks have
// them, so they are plain; batch normalisation is in a file of its own.
import Glibc
import OcellusNetwork
import OcellusTensor

/// x^ = (x - mean) / deviation over a picture's group of channels; y = x^ * scale + shift.
struct GroupNormalizationStep: DifferentiableStep {
    private let node: Int
    private let input: Int
    private let shape: Shape
    private let operation: GroupNormalization
    private let store: ParameterStore

    init(_ maker: StepMaker, _ index: Int, _ operation: GroupNormalization) {
        node = index
        input = maker.graph.nodes[index].inputs[0]
        shape = maker.shape(index)
        self.operation = operation
        store = maker.store
    }

    func forward(_ memory: DifferentiatorMemory) {
        let (x, y) = (memory.value(input), memory.value(node))
        let (scale, shift) = (store.values(operation.scale), store.values(operation.shift))
        forEachGroup { each in
            let (mean, inverse) = moments(x, each)
            each { i, c in
                y[i] = Float((Double(x[i]) - mean) * inverse * Double(scale.pointer[c]) + Double(shift.pointer[c]))
            }
        }
    }

    func backward(_ memory: DifferentiatorMemory) {
        guard memory.gradientPlace(node) != nil else { return }
        let (x, gradient) = (memory.value(input), memory.gradient(node))
        let scale = store.values(operation.scale)
        var scaleSums = [Double](repeating: 0, count: shape.channels)
        var shiftSums = scaleSums
        memory.contribute(to: input) { target in
            forEachGroup { each in
                let (mean, inverse) = moments(x, each)
                var (sum, product, count) = (0.0, 0.0, 0.0)
                each { i, c in
                    let g = Double(gradient[i]) * Double(scale.pointer[c])
                    sum += g
                    product += g * (Double(x[i]) - mean) * inverse
                    count += 1
                }
                each { i, c in
                    let normalized = (Double(x[i]) - mean) * inverse
                    let g = Double(gradient[i]) * Double(scale.pointer[c])
                    target[i] = Float(inverse * (g - sum / count - normalized * product / count))
                }
            }
        }
        forEachGroup { each in
            let (mean, inverse) = moments(x, each)
            each { i, c in
                scaleSums[c] += Double(gradient[i]) * (Double(x[i]) - mean) * inverse
                shiftSums[c] += Double(gradient[i])
            }
        }
        store.gradient(operation.scale)?.fill(scaleSums)
        store.gradient(operation.shift)?.fill(shiftSums)
    }

    private typealias Each = (_ body: (_ index: Int, _ channel: Int) -> Void) -> Void

    private func moments(_ x: UnsafePointer<Float>, _ each: Each) -> (mean: Double, inverse: Double) {
        var (sum, count, squares) = (0.0, 0.0, 0.0)
        each { i, _ in
            sum += Double(x[i])
            count += 1
        }
        let mean = sum / count
        each { i, _ in squares += (Double(x[i]) - mean) * (Double(x[i]) - mean) }
        return (mean, 1 / (squares / count + Double(operation.epsilon)).squareRoot())
    }

    private func forEachGroup(_ body: (Each) -> Void) {
        let width = shape.channels / operation.groups
        let positions = shape.height * shape.width
        for n in 0..<shape.batch {
            for group in 0..<operation.groups {
                body { inner in
                    for position in 0..<positions {
                        let start = (n * positions + position) * shape.channels
                        for c in group * width..<(group + 1) * width { inner(start + c, c) }
                    }
                }
            }
        }
    }
}

/// y = x / length * scale, length = sqrt(sum of squares over channels + epsilon).
struct L2NormalizationStep: DifferentiableStep {
    private let node: Int
    private let input: Int
    private let shape: Shape
    private let operation: L2Normalization
    private let store: ParameterStore

    init(_ maker: StepMaker, _ index: Int, _ operation: L2Normalization) {
        node = index
        input = maker.graph.nodes[index].inputs[0]
        shape = maker.shape(index)
        self.operation = operation
        store = maker.store
    }

    func forward(_ memory: DifferentiatorMemory) {
        let (x, y, scale) = (memory.value(input), memory.value(node), store.values(operation.scale))
        forEachPosition { start in
            let inverse = inverseLength(x + start)
            for c in 0..<shape.channels { y[start + c] = Float(Double(x[start + c]) * inverse) * scale.pointer[c] }
        }
    }

    func backward(_ memory: DifferentiatorMemory) {
        guard memory.gradientPlace(node) != nil else { return }
        let (x, gradient, scale) = (memory.value(input), memory.gradient(node), store.values(operation.scale))
        var sums = [Double](repeating: 0, count: shape.channels)
        forEachPosition { start in
            let inverse = inverseLength(x + start)
            for c in 0..<shape.channels { sums[c] += Double(gradient[start + c]) * Double(x[start + c]) * inverse }
        }
        store.gradient(operation.scale)?.fill(sums)
        memory.contribute(to: input) { target in
            forEachPosition { start in
                let inverse = inverseLength(x + start)
                var along = 0.0
                for c in 0..<shape.channels {
                    along += Double(gradient[start + c]) * Double(scale.pointer[c]) * Double(x[start + c])
                }
                along *= inverse * inverse
                for c in 0..<shape.channels {
                    let g = Double(gradient[start + c]) * Double(scale.pointer[c])
                    target[start + c] = Float(inverse * (g - Double(x[start + c]) * along))
                }
            }
        }
    }

    private func inverseLength(_ x: UnsafePointer<Float>) -> Double {
        var squares = Double(operation.epsilon)
        for c in 0..<shape.channels { squares += Double(x[c]) * Double(x[c]) }
        return 1 / squares.squareRoot()
    }

    private func forEachPosition(_ body: (Int) -> Void) {
        for position in 0..<shape.positions { body(position * shape.channels) }
    }
}

extension Buffer where Element == Float {
    /// Rounds sums to what is kept.
    fileprivate func fill(_ sums: [Double]) {
        for (index, sum) in sums.enumerated() { pointer[index] = Float(sum) }
    }
}
