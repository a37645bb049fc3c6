// The report of what 8 bits cost each layer: about the textbook's noise, and a collapse is refused by name.
import Foundation
import OcellusModels
import OcellusNetwork
import OcellusQuantization
import OcellusTensor
import TestSupport
import Testing

@Suite("Quantisation report") struct ReportTests {
    private func report(_ pair: Pair, pictures: ClosedRange<UInt64> = 0...1) throws -> QuantizationReport {
        let report = try QuantizationReport(pair.network, pair.parameters)
        for seed in pictures {
            let pixels = seededPixels(pair.graph.inputShape, seed: seed)
            for (index, value) in pair.normalization.values(pixels).enumerated() { report.floatInput[index] = value }
            for (index, pixel) in pixels.enumerated() { report.byteInput[index] = pixel }
            report.compare()
        }
        return report
    }

    @Test("one rounding of a value costs step^2 / 12: the decibels of its range")
    func oneRounding() throws {
        let builder = GraphBuilder()
        let x = builder.input(Shape(height: 40, width: 40, channels: 3))
        let y = builder.convolution(x, "first", channels: 8, kernel: 3)
        let graph = try builder.finish([("y", builder.convolution(y, "head", channels: 4, kernel: 1))])
        let pair = try Pair(graph, seed: 3)
        let layer = try report(pair).layers[0]
        #expect(layer.name == "first")
        // The float values, and the noise that their rounding alone would make.
        let pixels = seededPixels(graph.inputShape, seed: 0)
        let float = try FloatExecutor(graph, pair.parameters, retaining: true)
        _ = float.outputs(for: pair.normalization.values(pixels))
        let count = graph.nodes[1].shape.count
        let power = (0..<count).reduce(0.0) { $0 + Double(float.value(of: 1)[$1]) * Double(float.value(of: 1)[$1]) }
        guard case .bytes(let grid) = pair.network.formats[1] else { Issue.record("bytes"); return }
        let expected = 10 * log10(power / Double(count) / (Double(grid.scale) * Double(grid.scale) / 12))
        // The rounded weights of 27 products add about as much again, at most 4 dB.
        #expect(layer.decibels < expected + 1 && layer.decibels > expected - 5)
        show("one rounding: \(text(layer.decibels)) dB, step^2 / 12 alone \(text(expected)) dB")
    }

    @Test("a random network keeps 15 dB and more in each layer", arguments: Architecture.allCases)
    func randomNetwork(architecture: Architecture) throws {
        let pair = try #require(NetworkTests.pairs[architecture])
        let report = try report(pair)
        let worst = report.layers.min { $0.decibels < $1.decibels }
        show("\(architecture.name): worst \(worst.map { "\($0.name) \(text($0.decibels))" } ?? "") dB")
        #expect(report.layers.count == pair.network.convolutions.filter { $0 != nil }.count)
        for layer in report.layers { #expect(layer.decibels > 15 && layer.decibels < 70, "\(layer.name)") }
        try report.check()
    }

    /// Three layers; channel 0 of the second is `factor` times as large as the others, and the third does not read it.
    private func spread(_ factor: Float) throws -> Pair {
        let builder = GraphBuilder()
        let x = builder.input(Shape(height: 12, width: 12, channels: 3))
        let first = builder.convolution(x, "first", channels: 4, kernel: 3)
        let wide = builder.convolution(first, "wide", channels: 4, kernel: 1)
        let graph = try builder.finish([
            (
                "y",
                builder.convolution(
                    builder.convolution(wide, "blind", channels: 4, kernel: 1), "head", channels: 2, kernel: 1)
            )
        ])
        let parameters = try Parameters.random(for: graph, seed: 4)
        let weights = try #require(parameters["wide.weight"]).values
        for index in 0..<4 { weights.pointer[index] *= factor }
        let blind = try #require(parameters["blind.weight"]).values
        for output in 0..<4 { blind.pointer[output * 4] = 0 }
        return try Pair(graph, parameters, PixelNormalization(channels: 3))
    }

    @Test("a channel a million times as large as the others leaves nothing of them: refused with the layer's name")
    func collapse() throws {
        let report = try report(spread(1e6))
        let error = #expect(throws: OcellusError.self) { try report.check() }
        #expect(error?.code == .invalidData)
        #expect(error?.message.contains("layer blind does not survive 8 bits") == true, "\(error?.message ?? "")")
        try self.report(spread(1)).check()
    }

    @Test("a layer of numbers that are not finite is refused")
    func notFinite() throws {
        let pair = try spread(1)
        // The float network broke after calibration.
        try #require(pair.parameters["wide.weight"]).values.pointer[5] = .nan
        let report = try report(pair)
        let error = #expect(throws: OcellusError.self) { try report.check() }
        #expect(error?.message.contains("does not survive 8 bits (nothing is left of it)") == true)
    }
}
