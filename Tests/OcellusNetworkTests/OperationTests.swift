// Every row of the table of operations: shape, and float execution against the oracle with every set of kernels.
import OcellusNetwork
import OcellusTensor
import TestSupport
import Testing

@Suite("Operations") struct OperationTests {
    @Test("the shape is the one worked out by hand", arguments: OperationCase.all)
    func shape(row: OperationCase) throws {
        let graph = try row.graph()
        #expect(graph.nodes[graph.outputs[0].node].shape == row.output)
        #expect(graph.inputShape == row.input)
    }

    @Test("float execution agrees with the definition, unfolded and folded", arguments: OperationCase.all)
    func definition(row: OperationCase) throws {
        let graph = try row.graph()
        let parameters = try Parameters.random(for: graph, seed: 1)
        let input = graph.randomInput(seed: 2)
        let expected = Oracle(graph: graph, parameters: parameters).outputs(for: input)[0]
        let folding = Folding(graph)
        let folded = try folding.apply(parameters)
        for kernels in KernelSet.available {
            let plain = try FloatExecutor(graph, parameters, kernels: kernels).outputs(for: input)[0]
            #expect(relativeError(plain, expected) <= row.tolerance, "\(kernels.name)")
            let quick = try FloatExecutor(folding.graph, folded, kernels: kernels).outputs(for: input)[0]
            #expect(relativeError(quick, expected) <= max(row.tolerance, 1e-6), "\(kernels.name), folded")
        }
    }

    @Test("the table has a row for every operation, with names that differ")
    func completeness() throws {
        var kinds: Set<OperationKind> = []
        for row in OperationCase.all {
            for node in try row.graph().nodes { kinds.insert(OperationKind(node.operation)) }
        }
        #expect(kinds == Set(OperationKind.allCases))
        #expect(Set(OperationCase.all.map(\.name)).count == OperationCase.all.count)
    }

    @Test("random networks agree with the definition, unfolded and folded", arguments: 0..<60 as Range<UInt64>)
    func randomGraphs(seed: UInt64) throws {
        let graph = try RandomGraph.make(seed: seed)
        let parameters = try Parameters.random(for: graph, seed: seed)
        let input = graph.randomInput(seed: seed)
        let expected = Oracle(graph: graph, parameters: parameters).outputs(for: input)
        let folding = Folding(graph)
        let plain = try FloatExecutor(graph, parameters).outputs(for: input)
        let folded = try FloatExecutor(folding.graph, try folding.apply(parameters)).outputs(for: input)
        for output in expected.indices {
            #expect(relativeError(plain[output], expected[output]) <= 1e-5)
            #expect(relativeError(folded[output], expected[output]) <= 1e-5)
        }
    }
}
