// The derivative of a weighted sum of outputs along a direction, by the differentiator and by finite differences.
import OcellusNetwork
import OcellusTensor
import TestSupport
import Testing

@testable import OcellusTraining

struct Probe {
    let differentiator: Differentiator
    /// What each output's elements count in the sum.
    private var weights: [[Float]] = []
    private let input: [Float]

    init(_ graph: Graph, seed: UInt64, _ mode: Differentiator.Normalization, threads: Int) throws {
        var random = SeededGenerator(seed: seed)
        let parameters = try Parameters.random(for: graph, seed: seed)
        differentiator = try Differentiator(
            graph, parameters,
            Differentiator.Settings(batch: graph.inputShape.batch, threads: threads, normalization: mode))
        input = (0..<graph.inputShape.count).map { _ in random.float(-1...1) }
        for output in graph.outputs {
            weights.append((0..<graph.nodes[output.node].shape.count).map { _ in random.float(-1...1) })
        }
    }

    /// Along the gradient itself, where the derivative is its length, and along random directions.
    func check(tolerance: Double) throws {
        _ = sum()
        for (index, output) in differentiator.graph.outputs.enumerated() {
            // An output with nothing trained before it has none.
            guard let target = differentiator.gradient(of: output.name) else { continue }
            for i in target.indices { target[i] += weights[index][i] }
        }
        differentiator.backward()
        let gradient = differentiator.parameters.map { Array($0.gradient.elements) }
        let length = gradient.joined().reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        try #require(length > 1e-3, "a gradient of nothing proves nothing")
        var random = SeededGenerator(seed: 99)
        let along = gradient.map { $0.map { Float(Double($0) / length) } }
        expectDerivative(length, along: along, within: tolerance * length)
        for _ in 0..<3 {
            let direction = gradient.map { $0.map { _ in random.float(-1...1) } }
            let size = direction.joined().reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
            let unit = direction.map { $0.map { Float(Double($0) / size) } }
            let expected = zip(gradient.joined(), unit.joined()).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
            expectDerivative(expected, along: unit, within: tolerance * length)
        }
    }

    /// The smallest error over several step sizes: large ones cross kinks, small ones drown in rounding.
    private func expectDerivative(_ derivative: Double, along direction: [[Float]], within limit: Double) {
        var least = Double.infinity
        for step: Float in [3e-2, 1e-2, 3e-3, 1e-3, 3e-4] {
            let found = (sum(at: step, direction) - sum(at: -step, direction)) / (2 * Double(step))
            least = min(least, abs(found - derivative))
        }
        #expect(least <= limit, "derivative \(derivative), off by \(least)")
    }

    private func sum(at step: Float, _ direction: [[Float]]) -> Double {
        let kept = differentiator.parameters.map { Array($0.values.elements) }
        defer {
            for (parameter, values) in zip(differentiator.parameters, kept) {
                for (i, value) in values.enumerated() { parameter.values.pointer[i] = value }
            }
        }
        for (parameter, part) in zip(differentiator.parameters, direction) {
            for (i, value) in part.enumerated() { parameter.values.pointer[i] += step * value }
        }
        return sum()
    }

    private func sum() -> Double {
        for (i, value) in input.enumerated() { differentiator.input[i] = value }
        differentiator.forward()
        var sum = 0.0
        for (index, output) in differentiator.graph.outputs.enumerated() {
            guard let value = differentiator.value(of: output.name) else { continue }
            for i in value.indices { sum += Double(value[i]) * Double(weights[index][i]) }
        }
        // Two outputs may be one node, whose gradient the test adds up.
        for output in differentiator.graph.outputs { differentiator.gradient(of: output.name)?.update(repeating: 0) }
        return sum
    }
}
