// A sum that enlarges one operand itself gives the bytes of the two steps, and is used where it can be.
import OcellusModels
import OcellusNetwork
import OcellusQuantization
import OcellusTensor
import TestSupport
import Testing

/// One step down a pyramid, with things around it that change what memory is free.
struct PyramidCase: Sendable, CustomStringConvertible {
    var size = 19
    var kernels = 2
    /// The enlarged operand first.
    var isSwapped = false
    /// Other layers between the upsampling and the sum, which write into memory that became free.
    var between = 0
    /// Whether the small value is read again after the sum.
    var isKept = true

    var description: String { "\(size) px, swapped \(isSwapped), \(between) between, kept \(isKept)" }

    /// `watched` hands out the enlarged value too: two readers, so that it must exist.
    func graph(watched: Bool) throws -> Graph {
        let builder = GraphBuilder()
        let x = builder.input(Shape(height: size, width: size + 3, channels: 3))
        let large = builder.convolution(x, "large", channels: 7, kernel: 3)
        let small = builder.convolution(large, "small", channels: 7, kernel: 3, stride: kernels)
        let up = builder.upsampling(small, "up", to: large)
        var side = large
        for index in 0..<between { side = builder.convolution(side, Name("between\(index)"), channels: 7, kernel: 1) }
        let sum = isSwapped ? builder.add(up, side, "sum") : builder.add(side, up, "sum")
        var outputs = [("y" as Name, builder.convolution(sum, "last", channels: 4, kernel: 3))]
        if isKept { outputs.append(("again", builder.convolution(small, "again", channels: 4, kernel: 1))) }
        if watched { outputs.append(("up", up)) }
        return try builder.finish(outputs)
    }
}

@Suite("Enlarged operands of sums") struct UpsampledSumTests {
    static let cases: [PyramidCase] = [8, 19, 38].flatMap { size in
        [true, false].flatMap { swapped in
            [0, 1, 3].flatMap { between in
                [true, false].map { kept in
                    PyramidCase(
                        size: size, kernels: size == 38 ? 3 : 2, isSwapped: swapped, between: between, isKept: kept)
                }
            }
        }
    }

    @Test("the bytes are those of upsampling and then adding", arguments: cases)
    func sameBytes(pyramid: PyramidCase) throws {
        let graphs = [try pyramid.graph(watched: false), try pyramid.graph(watched: true)]
        let parameters = try Parameters.random(for: graphs[0], seed: 3)
        let normalization = PixelNormalization(channels: 3)
        let pixels = seededPixels(graphs[0].inputShape, seed: 6)
        var ranges = try Pair(graphs[1], parameters, normalization).ranges
        let watched = try Quantizer(graphs[1], parameters, normalization).quantize(ranges: ranges)
        ranges.removeLast(ranges.count - graphs[0].nodes.count)
        let network = try Quantizer(graphs[0], parameters, normalization).quantize(ranges: ranges)
        let up = try #require(graphs[0].nodes.firstIndex { $0.name == "up" })
        for kernels in KernelSet.available {
            let plain = try Int8Executor(watched, kernels: kernels)
            let executor = try Int8Executor(network, kernels: kernels)
            #expect(plain.hasValue(up))
            // Where the small value is needed later it is sure to be there still.
            if pyramid.isKept { #expect(!executor.hasValue(up)) }
            #expect(executor.values(for: pixels) == plain.values(for: pixels))
        }
        #expect(try StepComparison(network, pixels).worst <= 1)
    }

    @Test("RetinaFace's pyramid enlarges within its sums and needs less memory for it")
    func retinaFace() throws {
        let pair = try #require(NetworkTests.pairs[.retinaFaceMobileNet025])
        let executor = try Int8Executor(pair.network)
        let upsamplings = pair.graph.nodes.indices.filter {
            if case .upsampling = pair.graph.nodes[$0].operation { true } else { false }
        }
        #expect(upsamplings.count == 2)
        for node in upsamplings { #expect(!executor.hasValue(node)) }
        for node in pair.graph.nodes.indices where !upsamplings.contains(node) { #expect(executor.hasValue(node)) }
    }
}
