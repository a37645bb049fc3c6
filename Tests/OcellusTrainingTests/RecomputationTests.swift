// Less memory for more work: whatever is computed twice, outputs, gradients and running statistics are the same bits.
import Ocellus
import OcellusImage
import OcellusModels
import OcellusNetwork
import OcellusQuantization
import OcellusTensor
import TestSupport
import Testing

@testable import OcellusTraining

@Suite("Values computed anew on the way back")
struct RecomputationTests {
    /// A pass forwards and back: everything that comes out of it, and what it took.
    private struct Pass {
        var numbers: [UInt32] = []
        let bytes: Int
        let recomputed: Int

        init(
            _ graph: Graph, batch: Int, _ mode: Differentiator.Normalization, limit: Int?,
            simulation: TrainingSimulation? = nil
        ) throws {
            let network = try Differentiator(
                graph, Parameters.random(for: graph, seed: 5),
                Differentiator.Settings(
                    batch: batch, threads: 2, normalization: mode, simulation: simulation, memoryLimit: limit))
            (bytes, recomputed) = (network.plannedBytes, network.recomputedCount)
            var random = SeededGenerator(seed: 6)
            let input = network.input
            for index in 0..<network.graph.inputShape.count { input[index] = random.float(-1...1) }
            network.forward()
            for output in network.graph.outputs {
                numbers += (network.value(of: output.name) ?? UnsafeMutableBufferPointer(start: nil, count: 0)).map(
                    \.bitPattern)
            }
            for output in network.graph.outputs {
                guard let gradient = network.gradient(of: output.name) else { continue }
                for index in gradient.indices { gradient[index] = random.float(-1...1) }
            }
            network.backward()
            for parameter in network.parameters { numbers += parameter.gradient.elements.map(\.bitPattern) }
            for entry in network.movingStatistics { numbers += entry.values.elements.map(\.bitPattern) }
        }
    }

    private static func message(_ body: () throws -> Void) -> String {
        do { try body() } catch { return (error as? OcellusError)?.message ?? "\(error)" }
        return ""
    }

    @Test(
        "both detectors come to the same bits in any memory, and take no more than they may",
        arguments: [Architecture.retinaFaceMobileNet025, .mobileNetSSDCaffe],
        [Differentiator.Normalization.batch(momentum: 0.1), .frozen])
    func detectors(_ architecture: Architecture, _ mode: Differentiator.Normalization) throws {
        let graph = try architecture.smallDescription().declare()
        func pass(_ limit: Int?) throws -> Pass { try Pass(graph, batch: 2, mode, limit: limit) }
        let usual = try pass(nil)
        let fastest = try pass(.max)
        #expect(fastest.recomputed == 0 && fastest.bytes > usual.bytes && fastest.numbers == usual.numbers)
        var latest = 0
        // In steps of an eighth until it does not fit any more.
        for eighths in (1..<8).reversed() {
            let limit = fastest.bytes * eighths / 8
            guard let found = try? pass(limit) else { break }
            #expect(found.bytes <= limit && found.recomputed >= latest && found.recomputed > 0)
            #expect(found.numbers == usual.numbers, "\(found.recomputed) values computed anew")
            latest = found.recomputed
        }
        #expect(latest > 0)
        // Not more work than is needed.
        let same = try pass(usual.bytes)
        #expect(same.bytes <= usual.bytes && same.recomputed <= usual.recomputed)
    }

    @Test("normalised values first; when that is not enough, depthwise convolutions too, never dense ones")
    func ladder() throws {
        let builder = GraphBuilder()
        var x = builder.input(Shape(batch: 1, height: 16, width: 16, channels: 32))
        func normalized(_ value: GraphBuilder.Value, _ name: Name) -> GraphBuilder.Value {
            builder.activation(builder.batchNormalization(value, name), name.appending("relu"), .relu)
        }
        let blocks = 6
        for block in 0..<blocks {
            let name = Name("block\(block)")
            x = normalized(
                builder.convolution(x, name.appending("wide"), channels: 32, kernel: 3, groups: 32, bias: false),
                name.appending("a"))
            x = normalized(
                builder.convolution(x, name.appending("deep"), channels: 32, kernel: 1, bias: false),
                name.appending("b"))
        }
        let graph = try builder.finish([("last", x)])
        func pass(_ limit: Int?) throws -> Pass { try Pass(graph, batch: 2, .batch(momentum: 0.1), limit: limit) }
        let usual = try pass(nil)
        // The output stays.
        #expect(usual.recomputed == 2 * blocks - 1)
        let least = try pass(usual.bytes * 3 / 4)
        #expect(least.recomputed > usual.recomputed && least.recomputed <= 3 * blocks - 1)
        #expect(least.bytes <= usual.bytes * 3 / 4 && least.numbers == usual.numbers)
    }

    @Test("random networks too", arguments: 0..<24 as Range<UInt64>)
    func random(_ seed: UInt64) throws {
        let graph = try RandomGraph.make(seed: seed)
        func pass(_ limit: Int?) throws -> Pass {
            try Pass(graph, batch: graph.inputShape.batch, .batch(momentum: 0.1), limit: limit)
        }
        let usual = try pass(nil)
        let fastest = try pass(.max)
        #expect(fastest.numbers == usual.numbers)
        for eighths in 3..<8 {
            guard let found = try? pass(fastest.bytes * eighths / 8) else { continue }
            #expect(found.numbers == usual.numbers)
        }
    }

    @Test("under simulated integers as well")
    func simulated() throws {
        let model = try Model.smallRandom(.retinaFaceMobileNet025, seed: 3)
        let quantization = try PostTrainingQuantization(model, method: .meanSquaredError)
        let picture = [UInt8](unsafeUninitializedCapacity: 320 * 320 * 3) { bytes, count in
            count = bytes.count
            for index in bytes.indices { bytes[index] = UInt8(truncatingIfNeeded: index &* 37 >> 4) }
        }
        try picture.withUnsafeBufferPointer { bytes in
            try quantization.observe(
                ImageView(pixels: bytes.baseAddress!, width: 320, height: 320, stride: 960, format: .rgb8))
        }
        let simulation = TrainingSimulation(try #require(try quantization.quantized().quantized))
        let graph = try model.folded().graph
        func pass(_ limit: Int?) throws -> Pass {
            try Pass(graph, batch: 2, .frozen, limit: limit, simulation: simulation)
        }
        let usual = try pass(nil)
        #expect(usual.recomputed == 0)
        let less = try pass(usual.bytes * 7 / 8)
        #expect(less.recomputed > 0 && less.bytes <= usual.bytes * 7 / 8)
        #expect(less.numbers == usual.numbers)
    }

    @Test("too little memory is an error that names the least, which then is enough")
    func tooLittle() throws {
        let graph = try Architecture.retinaFaceMobileNet025.smallDescription().declare()
        func pass(_ limit: Int) throws -> Pass { try Pass(graph, batch: 16, .frozen, limit: limit) }
        let text = RecomputationTests.message { _ = try pass(1 << 20) }
        #expect(text.hasPrefix("1 MB for the values and gradients of a batch of 16: at least "), "\(text)")
        let least = try #require(text.firstMatch(of: #/at least (\d+) MB are needed/#).flatMap { Int($0.1) })
        #expect(try pass(least << 20).bytes <= least << 20)
        #expect(throws: OcellusError.self) { try pass((least - 1) << 20) }
    }
}
