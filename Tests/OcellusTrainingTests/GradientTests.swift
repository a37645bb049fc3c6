// Every row of the table of operations against finite differences.
import OcellusNetwork
import OcellusTensor
import TestSupport
import Testing

@testable import OcellusTraining

@Suite("Gradients")
struct GradientTests {
    @Test("equal finite differences for every operation", arguments: OperationCase.all)
    func operation(_ row: OperationCase) throws {
        try check(row, .batch(momentum: 0.1))
    }

    @Test("with frozen normalisation too", arguments: OperationCase.all.filter { $0.name.contains("normalisation") })
    func frozen(_ row: OperationCase) throws {
        try check(row, .frozen)
    }

    @Test("equal finite differences in random networks", arguments: 0..<20)
    func randomNetwork(_ seed: UInt64) throws {
        let graph = try RandomGraph.make(seed: seed)
        try Probe(graph, seed: seed, .batch(momentum: 0.1), threads: 2).check(tolerance: 0.02)
    }

    /// A convolution in front, so that the operation's own input needs a gradient too.
    private func check(_ row: OperationCase, _ mode: Differentiator.Normalization) throws {
        let builder = GraphBuilder()
        let x = builder.input(row.input)
        let probe = builder.convolution(x, "probe", channels: row.input.channels, kernel: 3)
        let graph = try builder.finish([("y", row.declare(builder, probe))])
        try Probe(graph, seed: 7, mode, threads: 2).check(tolerance: 0.01)
    }
}
