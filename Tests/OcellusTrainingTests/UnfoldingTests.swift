// Normalisations put back into a folded model: nothing changes at inference, and training begins where inference is.
import OcellusData
import OcellusModels
import OcellusNetwork
import OcellusTensor
import TestSupport
import Testing

@testable import OcellusTraining

@Suite("normalisations put back")
struct UnfoldingTests {
    private static let size = 64
    private static let batch = 4

    private static func folded() throws -> Model {
        var description = Architecture.retinaFaceMobileNet025.defaultDescription()
        description.preprocessing.inputWidth = size
        description.preprocessing.inputHeight = size
        return try Model(description, FormulaParameters.make(description.declare(), fresh: false)).folded()
    }

    private static let pictures = FormulaBatches(
        Array(0..<batch), size: size, classes: 2, smallest: 13, normalize: { byte, _ in Float(byte) - 110 })

    /// The rows of a batch, normalised by its own moments or by those that the model has.
    private func rows(
        _ model: Model, _ normalization: Differentiator.Normalization
    ) throws -> [Name: [Float]] {
        let network = try Differentiator(
            model.graph, model.parameters,
            Differentiator.Settings(batch: Self.batch, threads: 2, normalization: normalization))
        _ = try Self.pictures.read(first: 0, count: Self.batch, into: network.input, try ThreadPool(threads: 1))
        network.forward()
        var rows: [Name: [Float]] = [:]
        for name: Name in ["scores", "boxes", "landmarks"] { rows[name] = try Array(#require(network.value(of: name))) }
        return rows
    }

    @Test("the function stays, at inference and in training on the pictures they were measured on")
    func function() throws {
        let folded = try Self.folded()
        let unfolded = try folded.unfolded(on: Self.pictures, samples: Self.batch, threads: 3)
        #expect(!unfolded.description.isFolded && unfolded.graph.parameters.count > folded.graph.parameters.count)
        let wanted = try rows(folded, .frozen)
        let (inference, training) = (try rows(unfolded, .frozen), try rows(unfolded, .batch(momentum: 0.1)))
        for (name, values) in wanted {
            let scale = values.reduce(0) { max($0, abs($1)) }
            for (index, value) in values.enumerated() {
                #expect(abs(try #require(inference[name])[index] - value) < 1e-4 * scale, "\(name) \(index)")
                #expect(abs(try #require(training[name])[index] - value) < 1e-3 * scale, "\(name) \(index)")
            }
        }
    }

    @Test("filters have the size that they would start with, and the folded model stays what it was")
    func filters() throws {
        let folded = try Self.folded()
        let before = try #require(folded.parameters["fpn.merge1.0.weight"]).values.elements.map { $0 }
        let unfolded = try folded.unfolded(on: Self.pictures, samples: 1, threads: 1)
        let after = try #require(unfolded.parameters["fpn.merge1.0.weight"])
        for filter in 0..<64 {
            let squares = after.values.elements[filter * 576..<(filter + 1) * 576].reduce(0) { $0 + $1 * $1 }
            // Kaiming's variance for 3x3 filters, 64 of them: 2 / 576.
            #expect(abs(squares - 2) < 1e-3)
        }
        #expect(try #require(folded.parameters["fpn.merge1.0.weight"]).values.elements.map { $0 } == before)
    }

    @Test("a model that has its normalisations comes back as it is")
    func unchanged() throws {
        var description = try Self.folded().description
        description.isFolded = false
        let model = try Model(description, FormulaParameters.make(description.declare(), fresh: false))
        let same = try model.unfolded(on: Self.pictures, samples: 1, threads: 1)
        for declaration in model.graph.parameters {
            #expect(same.parameters[declaration.name]?.values === model.parameters[declaration.name]?.values)
        }
    }
}
