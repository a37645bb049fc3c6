// One element at a time: activations, sums, products, learned factors.
import CTrainingKernels
import Glibc
import OcellusNetwork
import OcellusTensor

extension otk_clamp {
    /// No activation at all.
    static let identity = otk_clamp(low: -.infinity, high: .infinity, slope: 1)

    /// Nil for activations that are not piecewise linear.
    init?(_ activation: Activation?) {
        switch activation {
        case nil: self = .identity
        case .relu: self.init(low: 0, high: .infinity, slope: 0)
        case .relu6: self.init(low: 0, high: 6, slope: 0)
        case .leakyReLU(let slope): self.init(low: 0, high: .infinity, slope: slope)
        case .sigmoid, .exponential: return nil
        }
    }
}

/// y = f(x); dx = dy * f'(x), told from y.
struct ActivationStep: DifferentiableStep {
    let node: Int
    let input: Int
    let count: Int
    let activation: Activation

    func forward(_ memory: DifferentiatorMemory) {
        let (x, y) = (memory.value(input), memory.value(node))
        memory.forEachPart(of: count) { part in activation.run(x + part.lowerBound, y + part.lowerBound, part.count) }
    }

    func backward(_ memory: DifferentiatorMemory) {
        guard memory.gradientPlace(node) != nil else { return }
        let (y, gradient) = (memory.value(node), memory.gradient(node))
        if memory.plan.sharesGradient(node, input) {
            differentiate(memory, y, gradient)
            memory.markWritten(input)
        } else {
            memory.contribute(to: input) { target in
                target.update(from: gradient, count: count)
                differentiate(memory, y, target)
            }
        }
    }

    private func differentiate(
        _ memory: DifferentiatorMemory, _ y: UnsafePointer<Float>, _ gradient: UnsafeMutablePointer<Float>
    ) {
        memory.forEachPart(of: count) { part in
            if let clamp = otk_clamp(activation) {
                otk_clamp_backward(gradient + part.lowerBound, y + part.lowerBound, part.count, clamp)
            } else if activation == .sigmoid {
                for i in part { gradient[i] *= y[i] * (1 - y[i]) }
            } else {
                for i in part { gradient[i] *= y[i] }  // the exponential is its own derivative
            }
        }
    }
}

/// y = a + b; both operands get dy.
struct AddStep: DifferentiableStep {
    let node: Int
    let inputs: [Int]
    let count: Int

    func forward(_ memory: DifferentiatorMemory) {
        let (a, b, y) = (memory.value(inputs[0]), memory.value(inputs[1]), memory.value(node))
        memory.forEachPart(of: count) { part in
            (y + part.lowerBound).update(from: a + part.lowerBound, count: part.count)
            otk_accumulate(y + part.lowerBound, b + part.lowerBound, 1, part.count)
        }
    }

    func backward(_ memory: DifferentiatorMemory) {
        guard memory.gradientPlace(node) != nil else { return }
        let gradient = memory.gradient(node)
        for input in inputs { memory.contribute(to: input) { $0.update(from: gradient, count: count) } }
    }
}

/// y = a * b; da = dy * b, db = dy * a.
struct MultiplyStep: DifferentiableStep {
    let node: Int
    let inputs: [Int]
    let count: Int

    func forward(_ memory: DifferentiatorMemory) {
        let (a, b, y) = (memory.value(inputs[0]), memory.value(inputs[1]), memory.value(node))
        for i in 0..<count { y[i] = a[i] * b[i] }
    }

    func backward(_ memory: DifferentiatorMemory) {
        guard memory.gradientPlace(node) != nil else { return }
        let gradient = memory.gradient(node)
        for (input, other) in [(inputs[0], inputs[1]), (inputs[1], inputs[0])] {
            let factor = memory.value(other)
            memory.contribute(to: input) { target in
                for i in 0..<count { target[i] = gradient[i] * factor[i] }
            }
        }
    }
}

/// y = x * factor, one factor in all or one a channel; dfactor = sum of dy * x.
struct ScaleStep: DifferentiableStep {
    private let node: Int
    private let input: Int
    private let shape: Shape
    private let factor: Buffer<Float>
    private let factorGradient: Buffer<Float>?

    init(_ maker: StepMaker, _ index: Int, _ operation: Scale) {
        node = index
        input = maker.graph.nodes[index].inputs[0]
        shape = maker.shape(index)
        factor = maker.store.values(operation.factor)
        factorGradient = maker.store.gradient(operation.factor)
    }

    func forward(_ memory: DifferentiatorMemory) {
        let (x, y) = (memory.value(input), memory.value(node))
        for i in 0..<shape.count { y[i] = x[i] * factor.pointer[place(i)] }
    }

    func backward(_ memory: DifferentiatorMemory) {
        guard memory.gradientPlace(node) != nil else { return }
        let (x, gradient) = (memory.value(input), memory.gradient(node))
        if let factorGradient {
            var sums = [Double](repeating: 0, count: factor.count)
            for i in 0..<shape.count { sums[place(i)] += Double(gradient[i]) * Double(x[i]) }
            for (index, sum) in sums.enumerated() { factorGradient.pointer[index] = Float(sum) }
        }
        memory.contribute(to: input) { target in
            for i in 0..<shape.count { target[i] = gradient[i] * factor.pointer[place(i)] }
        }
    }

    private func place(_ i: Int) -> Int { factor.count == 1 ? 0 : i % shape.channels }
}
