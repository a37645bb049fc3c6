// Memory plans: nobody's value is overwritten while it is needed.
import OcellusNetwork
import OcellusTensor
import TestSupport
import Testing

@Suite("Memory plans") struct MemoryPlanTests {
    @Test("random networks keep what they need", arguments: 0..<200 as Range<UInt64>)
    func randomGraphs(seed: UInt64) throws {
        let graph = try RandomGraph.make(seed: seed)
        for graph in [graph, Folding(graph).graph] {
            let plan = MemoryPlan(graph)
            let retaining = MemoryPlan(graph, retaining: true)
            #expect(MemoryPlanCheck.faults(graph, plan) == [])
            let looking = MemoryPlan(graph, keepsInput: true)
            #expect(MemoryPlanCheck.faults(graph, looking, keepsInput: true) == [])
            #expect(MemoryPlanCheck.faults(graph, retaining, retaining: true) == [])
            #expect(plan.count <= retaining.count)
        }
    }

    @Test("an input's memory is used again unless somebody looks at it after the run")
    func inputReused() throws {
        let reused = try (0..<20 as Range<UInt64>).count { seed in
            let graph = try RandomGraph.make(seed: seed)
            return MemoryPlanCheck.faults(graph, MemoryPlan(graph), keepsInput: true) != []
        }
        #expect(reused > 0)
    }

    @Test("values of one byte and of four live in one arena", arguments: 0..<100 as Range<UInt64>)
    func elementSizes(seed: UInt64) throws {
        let graph = Folding(try RandomGraph.make(seed: seed)).graph
        var random = SeededGenerator(seed: seed)
        let sizes = graph.nodes.map { _ in random.pick([1, 1, 4]) }
        let plan = MemoryPlan(graph, elementSizes: sizes)
        #expect(MemoryPlanCheck.faults(graph, plan, elementSizes: sizes) == [])
        let looking = MemoryPlan(graph, elementSizes: sizes, keepsInput: true)
        #expect(MemoryPlanCheck.faults(graph, looking, elementSizes: sizes, keepsInput: true) == [])
        let small = MemoryPlan(graph, elementSizes: graph.nodes.map { _ in 1 })
        #expect(small.count < MemoryPlan(graph).count)
    }

    @Test("every row of the table of operations keeps what it needs", arguments: OperationCase.all)
    func rows(row: OperationCase) throws {
        let graph = try row.graph()
        #expect(MemoryPlanCheck.faults(graph, MemoryPlan(graph)) == [])
        #expect(MemoryPlanCheck.faults(graph, MemoryPlan(graph, retaining: true), retaining: true) == [])
    }

    @Test("the check finds a plan made for another graph")
    func negativeControl() throws {
        let builder = GraphBuilder()
        var x = builder.input(Shape(height: 8, width: 8, channels: 8))
        for index in 0..<6 { x = builder.convolution(x, Name("conv\(index)"), channels: 8, kernel: 3) }
        let chain = try builder.finish([("y", x)])
        #expect(MemoryPlanCheck.faults(chain, MemoryPlan(chain)) == [])
        // A chain uses two places in turn; kept to the end, its values are gone.
        #expect(!MemoryPlanCheck.faults(chain, MemoryPlan(chain), retaining: true).isEmpty)
    }

    @Test("a chain takes the room of two values, not of all")
    func chain() throws {
        let builder = GraphBuilder()
        var x = builder.input(Shape(height: 32, width: 32, channels: 8))
        for index in 0..<20 { x = builder.activation(x, Name("relu\(index)"), .relu) }
        let graph = try builder.finish([("y", x)])
        let one = 32 * 32 * 8 * 4
        #expect(2 * one...2 * one + 1024 ~= MemoryPlan(graph).count)
        #expect(MemoryPlan(graph, retaining: true).count >= 21 * one)
    }

    @Test("convolutions write straight into the concatenation behind them, heads into their rows")
    func inPlace() throws {
        let builder = GraphBuilder()
        let x = builder.input(Shape(height: 4, width: 4, channels: 3))
        let a = builder.convolution(x, "a", channels: 8, kernel: 1)
        let b = builder.convolution(x, "b", channels: 16, kernel: 1)
        let pair = builder.concatenation([a, b], "ab", .channels)
        let rows = [0, 1].map { index in
            builder.rows(builder.convolution(pair, Name("head\(index)"), channels: 4, kernel: 1), "rows", columns: 2)
        }
        let graph = try builder.finish([("y", builder.concatenation(rows, "y", .rows))])
        let places = MemoryPlan(graph).places
        #expect(places[1].stride == 24 && places[2].stride == 24)
        #expect(places[2].offset == places[1].offset + 8 * 4 && places[3].offset == places[1].offset)
        let output = places[graph.outputs[0].node].offset
        #expect(places[4].offset == output && places[6].offset == output + 64 * 4)
    }
}
