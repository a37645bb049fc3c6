// The executor as a whole: what it refuses, that it allocates nothing, that nothing is left over from run to run.
import OcellusNetwork
import OcellusTensor
import TestSupport
import Testing

@Suite("Float executor") struct FloatExecutorTests {
    /// Every row of the table that a run can meet, side by side in one graph each.
    private static let graphs: [Graph] = {
        let rows = OperationCase.all.compactMap { try? $0.graph() }
        return rows + (0..<10).compactMap { try? RandomGraph.make(seed: $0) }
    }()

    @Test("a missing or mis-sized parameter is refused by name", arguments: OperationCase.all)
    func parameters(row: OperationCase) throws {
        let graph = try row.graph()
        for declaration in graph.parameters {
            var parameters = try Parameters.random(for: graph, seed: 1)
            parameters[declaration.name] = nil
            expectError(naming: "no parameter \(declaration.name)") { _ = try FloatExecutor(graph, parameters) }
            let dimensions = declaration.dimensions + [2]
            parameters[declaration.name] = try Parameter(
                dimensions: dimensions, values: Buffer(count: 2 * declaration.count))
            expectError(naming: "parameter \(declaration.name) should have sizes") {
                _ = try FloatExecutor(graph, parameters)
            }
        }
    }

    @Test("a run allocates nothing", .enabled(if: AllocationCount.isAvailable))
    func allocations() throws {
        for graph in FloatExecutorTests.graphs {
            let executor = try FloatExecutor(graph, try .random(for: graph, seed: 1))
            executor.run()
            #expect(AllocationCount.of { executor.run() } == 0, "\(graph.nodes[graph.nodes.count - 1].name)")
        }
    }

    @Test("the count of allocations sees an array, a class and a buffer", .enabled(if: AllocationCount.isAvailable))
    func countedAllocations() throws {
        let graph = try RandomGraph.make(seed: 1)
        let executor = try FloatExecutor(graph, try .random(for: graph, seed: 1))
        executor.run()
        var visited: [Int] = []
        let array = AllocationCount.of { executor.run { node, _ in visited.append(node) } }
        #expect(array > 0 && visited == Array(graph.nodes.indices))
        let buffer = try AllocationCount.of { _ = try Buffer<Float>(count: 1) }
        #expect(buffer >= 2)
        #expect(AllocationCount.of { UnsafeMutablePointer<Int>.allocate(capacity: 1).deallocate() } == 1)
    }

    @Test("a second run gives the same bits, whatever the memory held before")
    func repeated() throws {
        for graph in FloatExecutorTests.graphs {
            let executor = try FloatExecutor(graph, try .random(for: graph, seed: 1))
            let input = graph.randomInput(seed: 2)
            let first = executor.outputs(for: input)
            _ = executor.outputs(for: graph.randomInput(seed: 3, -1e6...1e6))
            #expect(executor.outputs(for: input) == first)
        }
    }

    @Test("not even infinite values of one run reach the next")
    func infinite() throws {
        for graph in FloatExecutorTests.graphs {
            let executor = try FloatExecutor(graph, try .random(for: graph, seed: 1))
            let input = graph.randomInput(seed: 2)
            let first = executor.outputs(for: input)
            _ = executor.outputs(for: [Float](repeating: .nan, count: input.count))
            #expect(executor.outputs(for: input) == first)
        }
    }

    @Test("executors on two threads give what one gives")
    func threads() async throws {
        let graph = try RandomGraph.make(seed: 7)
        let parameters = try Parameters.random(for: graph, seed: 7)
        let input = graph.randomInput(seed: 7)
        let expected = try FloatExecutor(graph, parameters).outputs(for: input)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let executor = try FloatExecutor(graph, parameters)
                    return (0..<20).allSatisfy { _ in executor.outputs(for: input) == expected }
                }
            }
            for try await same in group { #expect(same) }
        }
    }

    @Test("the observer sees every node once, in order, with its value in place")
    func observer() throws {
        let graph = try OperationCase.all[0].graph()
        let executor = try FloatExecutor(graph, try .random(for: graph, seed: 1))
        let input = graph.randomInput(seed: 2)
        let expected = executor.outputs(for: input)[0]
        for index in input.indices { executor.input[index] = input[index] }
        var seen: [Int] = []
        var last: Float = 0
        executor.run { node, _ in
            seen.append(node)
            last = executor.value(of: node)[0]
        }
        #expect(seen == [0, 1] && last == expected[0])
    }
}
