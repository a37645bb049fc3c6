// Gradients of whole networks against PyTorch in double precision (Tests/References/training_goldens.py).
import Foundation
import OcellusModels
import OcellusNetwork
import OcellusTensor
import TestSupport
import Testing

@testable import OcellusTraining

@Suite("Gradients of whole networks")
struct NetworkGradientTests {
    struct Case: Sendable, CustomStringConvertible {
        let golden: String
        let architecture: Architecture
        let batch: Int
        let isFrozen: Bool

        var description: String { golden }

        static let all: [Case] = [
            Case(golden: "retinaface", architecture: .retinaFaceMobileNet025, batch: 2),
            Case(golden: "retinaface_wide_stem", architecture: .retinaFaceWideStem, batch: 2),
            Case(golden: "mobilenet_ssd", architecture: .mobileNetSSDCaffe, batch: 4),
            Case(golden: "mobilenet_ssd_tensorflow", architecture: .mobileNetSSDTensorFlow, batch: 4),
        ].flatMap { [$0, Case(frozen: $0)] }

        private init(golden: String, architecture: Architecture, batch: Int) {
            (self.golden, self.architecture, self.batch) = (golden + "_batch", architecture, batch)
            isFrozen = false
        }

        private init(frozen other: Case) {
            (architecture, batch, isFrozen) = (other.architecture, other.batch, true)
            golden = other.golden.replacingOccurrences(of: "_batch", with: "_frozen")
        }
    }

    @Test("are PyTorch's, and so are running statistics", arguments: Case.all)
    func whole(_ row: Case) throws {
        let golden = try ModelFile(path: Goldens.path("gradients_\(row.golden).safetensors"))
        var description = row.architecture.defaultDescription()
        if row.architecture == .mobileNetSSDTensorFlow { description.labels = (1...90).map { "\($0)" } }
        let graph = try description.declare()
        let network = try Differentiator(
            graph, FormulaParameters.make(graph, fresh: false),
            Differentiator.Settings(
                batch: row.batch, threads: 2, normalization: row.isFrozen ? .frozen : .batch(momentum: 0.1)))
        fill(network, row)
        network.forward()
        for name: Name in ["scores", "boxes", "landmarks"] {
            guard let value = network.value(of: name), let gradient = network.gradient(of: name) else { continue }
            try compare(Array(value), golden, Name("rows").appending(name))
            for (i, unit) in FormulaParameters.units(name, count: gradient.count).enumerated() { gradient[i] = unit }
        }
        network.backward()
        for parameter in network.parameters { try compare(Array(parameter.gradient.elements), golden, parameter.name) }
        guard !row.isFrozen else { return }
        for entry in network.movingStatistics {
            try compare(Array(entry.values.elements), golden, entry.name.appending("updated"))
        }
    }

    private func fill(_ network: Differentiator, _ row: Case) {
        var random = SeededGenerator(seed: 5)
        for i in 0..<network.graph.inputShape.count {
            let byte = Float(random.next() >> 56)
            network.input[i] =
                row.architecture.landmarkCoder != nil
                ? byte - [104, 117, 123][i % 3] : (byte - 127.5) * 0.0078125
        }
    }

    /// Norm, sum, eight elements, and how far single precision went in PyTorch.
    private func compare(_ values: [Float], _ golden: ModelFile, _ name: Name) throws {
        let stored = try golden.floats(of: name).values
        let expected = withExtendedLifetime(stored) { Array(stored.elements) }
        let norm = Double(expected[0])
        let limit = 1e-3 * norm + 10 * Double(expected[10])
        let own = values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        #expect(abs(own - norm) <= limit, "\(name): norm \(own) for \(norm)")
        for k in 0..<8 {
            let found = Double(values[(2 * k + 1) * values.count / 16])
            #expect(
                abs(found - Double(expected[2 + k])) <= limit, "\(name): element \(k) \(found) for \(expected[2 + k])")
        }
    }
}

enum Goldens {
    static func path(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Goldens/\(name)").path
    }
}
