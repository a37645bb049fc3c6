// The table of operations in integers: each row behind a convolution that reads the picture, against Simulation.
import OcellusNetwork
import OcellusQuantization
import OcellusTensor
import TestSupport
import Testing

@Suite("Operations in integers") struct OperationTests {
    /// The row with a convolution in front of it: integers need one that reads the picture.
    private func graph(_ row: OperationCase) throws -> Graph {
        let builder = GraphBuilder()
        let x = builder.input(Shape(height: row.input.height, width: row.input.width, channels: 3))
        let stem = builder.convolution(x, "stem", channels: row.input.channels, kernel: 1)
        return try builder.finish([("y", row.declare(builder, stem))])
    }

    private func hasFusedLeakyReLU(_ graph: Graph) -> Bool {
        graph.nodes.contains {
            guard case .convolution(let convolution) = $0.operation, case .leakyReLU = convolution.activation else {
                return false
            }
            return true
        }
    }

    @Test("each node is within one step of Simulation on the same operands", arguments: OperationCase.all)
    func withinOneStep(row: OperationCase) throws {
        let pair = try Pair(graph(row), seed: 5)
        guard !hasFusedLeakyReLU(pair.graph) else {
            let error = #expect(throws: OcellusError.self) { try Int8Executor(pair.network) }
            #expect(error?.code == .unsupported && error?.message.contains("leaky ReLU cannot be fused") == true)
            return
        }
        for seed: UInt64 in 1...3 {
            let pixels = seededPixels(pair.graph.inputShape, seed: seed)
            let comparison = try StepComparison(pair.network, pixels)
            #expect(comparison.worst <= 1, "\(comparison.worstNode)")
            #expect(comparison.equalShare > 0.97, "\(comparison.equalShare)")
            // A layer on pixels that hands out floats has its bias in whole steps: 1e-5 of its largest sums.
            #expect(comparison.floatError < 5e-5)
            show(
                "\(row): \(text(comparison.equalShare * 100))% equal of \(comparison.count), worst \(comparison.worst)")
        }
    }

    @Test("what comes out is the float network's within the error of its steps", arguments: OperationCase.all)
    func closeToFloat(row: OperationCase) throws {
        let pair = try Pair(graph(row), seed: 6)
        guard !hasFusedLeakyReLU(pair.graph) else { return }
        let float = try FloatExecutor(pair.graph, pair.parameters)
        let executor = try Int8Executor(pair.network)
        // A picture of the calibration: nothing is cut.
        let pixels = seededPixels(pair.graph.inputShape, seed: 0)
        let expected = float.outputs(for: pair.normalization.values(pixels))[0]
        let found = executor.values(for: pixels)[pair.graph.outputs[0].node]
        var (signal, noise) = (0.0, 0.0)
        for (one, other) in zip(expected, found) {
            signal += Double(one) * Double(one)
            noise += (Double(one) - Double(other)) * (Double(one) - Double(other))
        }
        // 8 bits of a value that fills its range evenly are 50 dB; a few of these follow one another here.
        #expect(noise <= signal / 1000 && signal > 0, "\(signal / noise)")
    }

    @Test("islands of float between byte layers give every kernel set's bytes and allocate nothing")
    func islands() throws {
        let builder = GraphBuilder()
        let x = builder.input(Shape(height: 9, width: 9, channels: 3))
        var y = builder.convolution(x, "stem", channels: 8, kernel: 3)
        y = builder.convolution(builder.l2Normalization(y, "l2"), "a", channels: 6, kernel: 3)
        y = builder.convolution(builder.groupNormalization(y, "group", groups: 3), "b", channels: 6, kernel: 3)
        y = builder.convolution(
            builder.transposedConvolution(y, "up", channels: 5, kernel: 2, stride: 2), "c", channels: 5, kernel: 1)
        y = builder.convolution(
            builder.multiply(y, builder.activation(y, "gate", .sigmoid), "gated"), "d", channels: 4, kernel: 1)
        y = builder.convolution(builder.scale(y, "scaled"), "last", channels: 4, kernel: 1)
        let pair = try Pair(try builder.finish([("y", y)]), seed: 8)
        let islands = ["l2", "group", "up", "gated", "scaled"]
        for node in pair.graph.nodes where islands.contains(node.name.description) {
            let index = try #require(pair.graph.nodes.firstIndex { $0.name == node.name })
            guard case .bytes = pair.network.formats[index] else { Issue.record("\(node.name)"); continue }
        }
        let pixels = seededPixels(pair.graph.inputShape, seed: 1)
        let comparison = try StepComparison(pair.network, pixels)
        #expect(comparison.worst <= 1 && comparison.equalShare > 0.99)
        #expect(comparison.floatError < 1e-5)
        let executor = try Int8Executor(pair.network, kernels: KernelSet.available[0])
        let expected = executor.values(for: pixels)
        for kernels in KernelSet.available {
            #expect(try Int8Executor(pair.network, kernels: kernels).values(for: pixels) == expected)
        }
        if AllocationCount.isAvailable { #expect(AllocationCount.of { executor.run() } == 0) }
    }
}
