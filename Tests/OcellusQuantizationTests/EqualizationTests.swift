// Equalisation against what it promises: the same float function, channels of one size, and less noise in bytes.
import OcellusNetwork
import OcellusQuantization
import OcellusTensor
import TestSupport
import Testing

@Suite("Equalisation") struct EqualizationTests {
    /// A pointwise convolution whose channels differ by a thousand, a depthwise one, and what reads it. Channel 3 of the
    /// first is always 0.
    private static func network(_ activation: Activation, readTwice: Bool = false) throws -> (Graph, Parameters) {
        let builder = GraphBuilder()
        let x = builder.input(Shape(height: 20, width: 20, channels: 3))
        let wide = builder.activation(builder.convolution(x, "wide", channels: 6, kernel: 1), "wide.act", activation)
        let deep = builder.convolution(wide, "deep", channels: 6, kernel: 3, groups: 6)
        let head = builder.convolution(deep, "head", channels: 5, kernel: 1)
        var outputs: [(Name, GraphBuilder.Value)] = [("head", head)]
        if readTwice { outputs.append(("other", builder.convolution(wide, "other", channels: 4, kernel: 1))) }
        let folding = Folding(try builder.finish(outputs))
        let parameters = try Parameters.random(for: folding.graph, seed: 4)
        let (weight, bias) = (try parameters.required("wide.weight"), try parameters.required("wide.bias"))
        for channel in 0..<6 {
            let size: Float = [1, 0.2, 0.1, 0, 0.04, 0.001][channel]
            for index in 0..<3 { weight.values.pointer[channel * 3 + index] *= size }
            bias.values.pointer[channel] = 0.1 * size
            // The next layer makes up for it, so that every channel counts.
            let next = try parameters.required("deep.weight")
            for tap in 0..<9 { next.values.pointer[channel * 9 + tap] /= max(size, 0.001) }
        }
        return (folding.graph, parameters)
    }

    private static func pictures(_ graph: Graph) -> [[Float]] {
        (0..<4).map { seed in
            PixelNormalization(channels: 3).values(seededPixels(graph.inputShape, seed: UInt64(seed)))
        }
    }

    private static func equalized(_ graph: Graph, _ parameters: Parameters) throws -> Parameters {
        let equalization = try Equalization(graph, parameters)
        for picture in pictures(graph) {
            for (index, value) in picture.enumerated() { equalization.input[index] = value }
            equalization.observe()
        }
        return try equalization.equalized()
    }

    /// All values of the named node over the pictures, [picture][position][channel].
    private static func values(_ graph: Graph, _ parameters: Parameters, _ name: Name) throws -> [Float] {
        let executor = try FloatExecutor(graph, parameters, retaining: true)
        let node = try #require(graph.nodes.firstIndex { $0.name == name })
        let shape = graph.nodes[node].shape
        let stride = executor.plan.places[node].stride
        var all: [Float] = []
        for picture in pictures(graph) {
            for (index, value) in picture.enumerated() { executor.input[index] = value }
            executor.run()
            for position in 0..<shape.positions {
                for channel in 0..<shape.channels { all.append(executor.value(of: node)[position * stride + channel]) }
            }
        }
        return all
    }

    @Test("the network stays the same function and its channels get the size of the largest")
    func sameFunction() throws {
        let (graph, parameters) = try Self.network(.relu)
        let after = try Self.equalized(graph, parameters)
        let (before, now) = (try Self.values(graph, parameters, "head"), try Self.values(graph, after, "head"))
        let size = before.reduce(0) { max($0, abs($1)) }
        for (index, value) in before.enumerated() {
            #expect(abs(value - now[index]) <= 1e-5 * size, "\(index): \(value), after \(now[index])")
        }
        let (old, new) = (try Self.values(graph, parameters, "wide"), try Self.values(graph, after, "wide"))
        func largest(_ values: [Float], _ channel: Int) -> Float {
            values.indices.filter { $0 % 6 == channel }.reduce(0) { max($0, abs(values[$1])) }
        }
        let target = (0..<6).map { largest(old, $0) }.max() ?? 0
        for channel in [0, 1, 2, 4] {
            #expect(abs(largest(new, channel) / target - 1) < 1e-5, "channel \(channel)")
        }
        #expect(largest(new, 3) == 0)
        // A thousandth of the largest: enlarged by no more than 64.
        #expect(largest(old, 5) * 64 < target && abs(largest(new, 5) / largest(old, 5) / 64 - 1) < 1e-5)
    }

    @Test("ReLU6 cuts where a channel was largest: nothing that was seen changes")
    func limited() throws {
        let (graph, parameters) = try Self.network(.relu6)
        let after = try Self.equalized(graph, parameters)
        let (before, now) = (try Self.values(graph, parameters, "head"), try Self.values(graph, after, "head"))
        let size = before.reduce(0) { max($0, abs($1)) }
        for (index, value) in before.enumerated() { #expect(abs(value - now[index]) <= 1e-5 * size) }
        let new = try Self.values(graph, after, "wide")
        for channel in [0, 1, 2, 4] {
            let largest = new.indices.filter { $0 % 6 == channel }.reduce(0) { max($0, new[$1]) }
            #expect(abs(largest - 6) < 1e-4, "channel \(channel): \(largest)")
        }
    }

    @Test("what something else reads too, or a leaky activation stands behind, is left alone")
    func untouched() throws {
        for (graph, parameters) in [
            try Self.network(.relu, readTwice: true), try Self.network(.leakyReLU(slope: 0.1)),
        ] {
            let after = try Self.equalized(graph, parameters)
            for name in parameters.names {
                let (old, new) = (try parameters.required(name).values, try after.required(name).values)
                #expect(Array(old.elements) == Array(new.elements), "\(name)")
            }
        }
    }

    @Test("bytes lose less behind equalised channels")
    func lessNoise() throws {
        let (graph, parameters) = try Self.network(.relu)
        func decibels(_ parameters: Parameters) throws -> Double {
            let pair = try Pair(graph, parameters, PixelNormalization(channels: 3), pictures: 4)
            let report = try QuantizationReport(pair.network, pair.parameters)
            for seed in 0..<4 {
                let pixels = seededPixels(graph.inputShape, seed: UInt64(seed))
                for (index, value) in pair.normalization.values(pixels).enumerated() {
                    report.floatInput[index] = value
                }
                for (index, pixel) in pixels.enumerated() { report.byteInput[index] = pixel }
                report.compare()
            }
            return try #require(report.layers.last).decibels
        }
        let (before, after) = (try decibels(parameters), try decibels(Self.equalized(graph, parameters)))
        show("head: \(text(before)) dB, equalised \(text(after)) dB")
        #expect(after > before + 6)
    }

    @Test("no picture is an error")
    func nothing() throws {
        let (graph, parameters) = try Self.network(.relu)
        #expect { try Equalization(graph, parameters).equalized() } throws: {
            ($0 as? OcellusError)?.code == .invalidArgument
        }
    }
}
