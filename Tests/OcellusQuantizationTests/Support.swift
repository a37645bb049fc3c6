// Quantised networks for the tests: a graph, seeded numbers, seeded pictures, ranges from the calibrator.
import Foundation
import OcellusModels
import OcellusNetwork
import OcellusQuantization
import OcellusTensor
import TestSupport
import Testing

/// A folded float network and the integer network made of it.
struct Pair {
    let graph: Graph
    let parameters: Parameters
    let normalization: PixelNormalization
    let ranges: [ValueRange]
    let network: QuantizedNetwork

    /// Folds, runs the calibrator on `pictures` seeded pictures, quantises.
    init(
        _ graph: Graph, _ parameters: Parameters, _ normalization: PixelNormalization, pictures: Int = 2,
        method: CalibrationMethod = .minMax
    ) throws {
        let folding = Folding(graph)
        self.graph = folding.graph
        self.parameters = try folding.apply(parameters)
        self.normalization = normalization
        let calibrator = try Calibrator(self.graph, self.parameters, method: method)
        for seed in 0..<pictures {
            let pixels = seededPixels(self.graph.inputShape, seed: UInt64(seed))
            for (index, value) in normalization.values(pixels).enumerated() { calibrator.input[index] = value }
            calibrator.observe()
        }
        ranges = try calibrator.ranges()
        network = try Quantizer(self.graph, self.parameters, normalization).quantize(ranges: ranges)
    }

    init(_ graph: Graph, seed: UInt64) throws {
        try self.init(
            graph, try .random(for: graph, seed: seed), PixelNormalization(channels: graph.inputShape.channels))
    }

    init(_ model: Model) throws {
        let folded = try model.folded()
        try self.init(folded.graph, folded.parameters, PixelNormalization(folded.description.preprocessing))
    }
}

extension PixelNormalization {
    /// Different numbers for each channel; no mean is a whole number.
    init(channels: Int) {
        self.init(
            mean: (0..<channels).map { 120.3 + Float($0) }, scale: (0..<channels).map { 1 / (60 + Float($0)) })
    }

    /// (pixel - mean) * scale
    func values(_ pixels: [UInt8]) -> [Float] {
        pixels.enumerated().map { (Float($1) - mean[$0 % mean.count]) * scale[$0 % mean.count] }
    }
}

/// A smooth picture with some noise, [height, width, channels].
func seededPixels(_ shape: Shape, seed: UInt64) -> [UInt8] {
    var random = SeededGenerator(seed: seed &+ 77)
    let waves = (0..<6).map { _ in random.float(0.02...0.4) }
    var pixels: [UInt8] = []
    pixels.reserveCapacity(shape.count)
    for row in 0..<shape.height {
        for column in 0..<shape.width {
            for channel in 0..<shape.channels {
                let (u, v) = (Float(column) * waves[channel % 3], Float(row) * waves[3 + channel % 3])
                let level = 128 + 60 * sin(u) + 50 * cos(v) + random.float(-18...18)
                pixels.append(UInt8(min(max(level, 0), 255)))
            }
        }
    }
    return pixels
}

extension Int8Executor {
    func write(_ pixels: [UInt8]) {
        for (index, pixel) in pixels.enumerated() { input[index] = pixel }
    }

    /// What each node's value stands for, [position, channel], seen when it is fresh.
    func values(for pixels: [UInt8]) -> [[Float]] {
        var values = [[Float]](repeating: [], count: graph.nodes.count)
        write(pixels)
        run { node, _ in
            let (shape, stride) = (graph.nodes[node].shape, hasValue(node) ? plan.places[node].stride : 0)
            values[node] = (0..<shape.count).map {
                real(node, stride == 0 ? $0 : $0 / shape.channels * stride + $0 % shape.channels)
            }
        }
        return values
    }
}

func text(_ number: Double, _ digits: Int = 2) -> String { String(format: "%.\(digits)f", number) }

/// Prints measurements when OCELLUS_SHOW_ERRORS is set.
func show(_ line: @autoclosure () -> String) {
    if ProcessInfo.processInfo.environment["OCELLUS_SHOW_ERRORS"] != nil { print(line()) }
}
