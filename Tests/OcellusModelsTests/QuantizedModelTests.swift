// Quantised models to files and back.
import Foundation
import OcellusModels
import OcellusNetwork
import OcellusQuantization
import OcellusTensor
import TestSupport
import Testing

@Suite("Quantised models") struct QuantizedModelTests {
    /// A small RetinaFace in integers, with ranges that a random number generator made.
    static let model: Model = {
        do { return try quantized(.retinaFaceMobileNet025) } catch { preconditionFailure("\(error)") }
    }()

    static func quantized(_ architecture: Architecture) throws -> Model {
        let float = try Model.smallRandom(architecture, seed: 5).folded()
        var random = SeededGenerator(seed: 6)
        let ranges = float.graph.nodes.map { _ in
            ValueRange(minimum: random.float(-3 ... -1), maximum: random.float(1...5))
        }
        return try float.quantized(ranges: ranges)
    }

    @Test("a file gives back formats, integers and description", arguments: Architecture.allCases)
    func roundTrip(architecture: Architecture) throws {
        let model = try Self.quantized(architecture)
        let network = try #require(model.quantized)
        try withTemporaryFile { path in
            try model.write(to: path)
            let first = try Data(contentsOf: URL(filePath: path))
            let again = try Model(try ModelFile(path: path))
            let read = try #require(again.quantized)
            #expect(again.description.precision == .int8 && again.description.isFolded)
            #expect(read.formats == network.formats && read.normalization == network.normalization)
            for (one, other) in zip(read.convolutions, network.convolutions) {
                #expect((one == nil) == (other == nil))
                guard let one, let other else { continue }
                #expect(one.weights.elements.elementsEqual(other.weights.elements))
                #expect(one.scales.elements.elementsEqual(other.scales.elements))
                #expect(one.bias.elements.elementsEqual(other.bias.elements))
            }
            try again.write(to: path)
            #expect(try Data(contentsOf: URL(filePath: path)) == first)
            _ = try Int8Executor(read)
        }
        #expect(throws: OcellusError.self) { try model.quantized(ranges: []) }
    }
}
