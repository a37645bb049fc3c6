// What the quantiser refuses, by name, and what it makes of the picture's own scale.
import OcellusNetwork
import OcellusQuantization
import OcellusTensor
import TestSupport
import Testing

@Suite("Quantiser") struct QuantizerTests {
    /// Two convolutions and head rows: nodes input, first, second, head, rows.
    private static func graph() throws -> Graph {
        let builder = GraphBuilder()
        let x = builder.input(Shape(height: 8, width: 8, channels: 3))
        let first = builder.convolution(x, "first", channels: 4, kernel: 3)
        let second = builder.convolution(first, "second", channels: 4, kernel: 3)
        let head = builder.convolution(second, "head", channels: 4, kernel: 1)
        return try builder.finish([("y", builder.rows(head, "rows", columns: 2))])
    }

    private static let sound = ValueRange(minimum: -1, maximum: 2)

    private func quantize(
        _ ranges: [ValueRange], _ change: (inout Parameters) throws -> Void = { _ in }
    ) throws -> QuantizedNetwork {
        let graph = try Self.graph()
        var parameters = try Parameters.random(for: graph, seed: 1)
        try change(&parameters)
        return try Quantizer(graph, parameters, PixelNormalization(channels: 3)).quantize(ranges: ranges)
    }

    @Test("a range that is empty, no number, not finite or too large is refused with the layer's name")
    func ranges() throws {
        var ranges = [ValueRange](repeating: Self.sound, count: 5)
        _ = try quantize(ranges)
        for bad in [
            ValueRange.empty, ValueRange(minimum: .nan, maximum: 1), ValueRange(minimum: 0, maximum: .nan),
            ValueRange(minimum: .nan, maximum: .nan), ValueRange(minimum: 0, maximum: .infinity),
            ValueRange(minimum: -3e38, maximum: 3e38), ValueRange(minimum: 0, maximum: 1e25),
        ] {
            ranges[2] = bad
            let error = #expect(throws: OcellusError.self) { try quantize(ranges) }
            #expect(error?.code == .invalidData && error?.message.hasPrefix("layer second") == true, "\(bad)")
        }
    }

    @Test("the picture and head rows need no range, and one too few is refused")
    func unneeded() throws {
        var ranges = [ValueRange](repeating: .empty, count: 5)
        ranges[1] = Self.sound
        ranges[2] = Self.sound
        #expect(try quantize(ranges).formats[3] == .floats)
        #expect(throws: OcellusError.self) { try quantize([ValueRange](repeating: Self.sound, count: 4)) }
        #expect(throws: OcellusError.self) { try quantize([]) }
    }

    @Test("weights that are no numbers are refused with the layer's name, missing ones with theirs")
    func weights() throws {
        let ranges = [ValueRange](repeating: Self.sound, count: 5)
        let spoiled = #expect(throws: OcellusError.self) {
            try quantize(ranges) { parameters in
                try #require(parameters["second.weight"]).values.pointer[7] = .nan
            }
        }
        #expect(spoiled?.message.contains("layer second") == true)
        let missing = #expect(throws: OcellusError.self) { try quantize(ranges) { $0["head.bias"] = nil } }
        #expect(missing?.code == .invalidArgument && missing?.message.contains("head.bias") == true)
    }

    @Test("only convolutions read the picture")
    func picture() throws {
        let readers: [(GraphBuilder, GraphBuilder.Value) -> GraphBuilder.Value] = [
            { $0.pooling($1, "odd", .maximum, kernel: 2, stride: 2) }, { $0.activation($1, "odd", .relu) },
            { $0.add($1, $1, "odd") }, { $0.concatenation([$1, $1], "odd", .channels) },
            { $0.rows($1, "odd", columns: 3) }, { $0.l2Normalization($1, "odd") },
            { $0.upsampling($1, "odd", to: $1) }, { $0.convolution($1, "odd", channels: 6, kernel: 3, groups: 3) },
        ]
        for reader in readers {
            let builder = GraphBuilder()
            let x = builder.input(Shape(height: 8, width: 8, channels: 3))
            let y = builder.convolution(reader(builder, x), "last", channels: 2, kernel: 1)
            let graph = try builder.finish([("y", y)])
            let ranges = [ValueRange](repeating: Self.sound, count: graph.nodes.count)
            let error = #expect(throws: OcellusError.self) {
                try Quantizer(graph, .random(for: graph, seed: 1), PixelNormalization(channels: 3))
                    .quantize(ranges: ranges)
            }
            #expect(error?.code == .unsupported && error?.message.contains("layer odd") == true)
        }
    }

    @Test("the first convolution on pixels is the float one on (pixel - mean) * scale, also for broken means")
    func firstLayer() throws {
        let network = try quantize([ValueRange](repeating: ValueRange(minimum: -9, maximum: 9), count: 5))
        let pixels = seededPixels(network.graph.inputShape, seed: 3)
        let comparison = try StepComparison(network, pixels)
        #expect(comparison.worst <= 1, "\(comparison.worstNode)")
        // Weights and bias as the integers say, on the normalised picture: a sum in double precision.
        let executor = try Int8Executor(network)
        executor.write(pixels)
        executor.run()
        let numbers = try #require(network.convolutions[1])
        let normalization = network.normalization
        let (row, column) = (4, 3)
        for channel in 0..<4 {
            var sum = 0.0
            for place in 0..<27 {
                let (tapRow, tapColumn, c) = (place / 9, place / 3 % 3, place % 3)
                let pixel = Double(pixels[((row + tapRow - 1) * 8 + column + tapColumn - 1) * 3 + c])
                sum += Double(numbers.weights.pointer[channel * 27 + place]) * (pixel - Double(normalization.mean[c]))
            }
            let real = (sum + Double(numbers.bias.pointer[channel])) * Double(numbers.scales.pointer[channel])
            let found = Double(executor.values(for: pixels)[1][(row * 8 + column) * 4 + channel])
            #expect(abs(found - real) <= Double(9.0 / 255) + 1e-6)
        }
    }

    @Test("two pictures at once are refused")
    func batch() throws {
        let builder = GraphBuilder()
        let x = builder.input(Shape(batch: 2, height: 8, width: 8, channels: 3))
        let graph = try builder.finish([("y", builder.convolution(x, "c", channels: 4, kernel: 3))])
        let network = try Quantizer(graph, .random(for: graph, seed: 1), PixelNormalization(channels: 3))
            .quantize(ranges: [ValueRange](repeating: Self.sound, count: 2))
        let error = #expect(throws: OcellusError.self) { try Int8Executor(network) }
        #expect(error?.code == .unsupported && error?.message.contains("one picture") == true)
    }
}
