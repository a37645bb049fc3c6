// Whole networks with seeded numbers: node by node against Simulation, and the same bytes whatever computes them.
import OcellusModels
import OcellusNetwork
import OcellusQuantization
import OcellusTensor
import TestSupport
import Testing

@Suite("Integer networks") struct NetworkTests {
    static let pairs: [Architecture: Pair] = {
        var pairs: [Architecture: Pair] = [:]
        for architecture in Architecture.allCases {
            pairs[architecture] = try? Pair(try Model.smallRandom(architecture, seed: 11))
        }
        return pairs
    }()

    @Test("each node is within one step of Simulation on the same operands", arguments: Architecture.allCases)
    func withinOneStep(architecture: Architecture) throws {
        let pair = try #require(Self.pairs[architecture])
        for seed: UInt64 in [0, 9] {
            let pixels = seededPixels(pair.graph.inputShape, seed: seed)
            let comparison = try StepComparison(pair.network, pixels)
            #expect(comparison.worst <= 1, "\(comparison.worstNode)")
            #expect(comparison.equalShare > 0.999)
            #expect(comparison.floatError < 1e-5)
            show(
                "\(architecture.name): \(text(comparison.equalShare * 100, 4))% of \(comparison.count) equal, worst "
                    + "\(comparison.worst) at \(comparison.worstNode), float rows \(comparison.floatError)")
        }
    }

    @Test("every kernel set and every number of threads gives the same bytes", arguments: Architecture.allCases)
    func sameBytes(architecture: Architecture) throws {
        let pair = try #require(Self.pairs[architecture])
        let pixels = seededPixels(pair.graph.inputShape, seed: 4)
        let expected = try Int8Executor(pair.network, kernels: KernelSet.available[0]).values(for: pixels)
        for kernels in KernelSet.available {
            #expect(try Int8Executor(pair.network, kernels: kernels).values(for: pixels) == expected, "\(kernels.name)")
        }
        for threads in [1, 2, 3] {
            let executor = try Int8Executor(pair.network, pool: try ThreadPool(threads: threads))
            #expect(executor.values(for: pixels) == expected, "\(threads) threads")
            // Nothing of the first run is left over in the second.
            _ = executor.values(for: seededPixels(pair.graph.inputShape, seed: 5))
            #expect(executor.values(for: pixels) == expected)
        }
    }

    @Test(
        "a run allocates nothing", .enabled(if: AllocationCount.isAvailable), arguments: Architecture.allCases, [1, 2])
    func allocations(architecture: Architecture, threads: Int) throws {
        let pair = try #require(Self.pairs[architecture])
        let pool = threads > 1 ? try ThreadPool(threads: threads) : nil
        let executor = try Int8Executor(pair.network, pool: pool)
        executor.write(seededPixels(pair.graph.inputShape, seed: 4))
        executor.run()
        let again = AllocationCount.of { executor.run() }
        #expect(again == 0)
        // The count sees what preparation takes.
        #expect(try AllocationCount.of { _ = try Int8Executor(pair.network) } > 100)
    }

    @Test("the memory plan keeps every value that is read, and takes less than the float network's")
    func memory() throws {
        for architecture in Architecture.allCases {
            let pair = try #require(Self.pairs[architecture])
            let executor = try Int8Executor(pair.network)
            let float = try FloatExecutor(pair.graph, pair.parameters)
            #expect(executor.workingBytes * 3 < float.workingBytes)
        }
    }
}
