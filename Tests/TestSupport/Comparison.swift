// One measure of error for all tests of float results, and the shortest way to run a graph.
import OcellusNetwork
import OcellusTensor

/// The largest difference, relative to the largest expected magnitude; infinite when a number is NaN or missing.
public func relativeError<Expected: BinaryFloatingPoint>(_ found: [Float], _ expected: [Expected]) -> Double {
    guard found.count == expected.count else { return .infinity }
    var (difference, magnitude) = (0.0, 0.0)
    for index in found.indices {
        let one = abs(Double(found[index]) - Double(expected[index]))
        guard one.isFinite else { return .infinity }
        difference = max(difference, one)
        magnitude = max(magnitude, abs(Double(expected[index])))
    }
    return difference == 0 ? 0 : difference / max(magnitude, 1e-30)
}

extension FloatExecutor {
    /// Runs once and copies what comes out, in the order of the graph's outputs.
    public func outputs(for input: [Float]) -> [[Float]] {
        precondition(input.count == graph.inputShape.count, "an input of another size than the graph's")
        for index in input.indices { self.input[index] = input[index] }
        run()
        return graph.outputs.map { output in
            Array(UnsafeBufferPointer(start: value(of: output.node), count: graph.nodes[output.node].shape.count))
        }
    }
}

extension Graph {
    /// A seeded input for the graph.
    public func randomInput(seed: UInt64, _ range: ClosedRange<Float> = -2...2) -> [Float] {
        var random = SeededGenerator(seed: seed)
        return random.floats(inputShape.count, range)
    }
}
