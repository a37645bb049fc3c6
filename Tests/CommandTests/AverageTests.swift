// `ocellus average`: the mean of models, and what is no set of models to average.
import Foundation
import Ocellus
import OcellusModels
import OcellusNetwork
import OcellusTensor
import Testing

struct AverageTests {
    private let folder: TemporaryFolder
    private static let names = ["a", "b", "c"]

    /// Three models whose numbers are 1, 2 and 4 where the fixed model's are 0.
    init() throws {
        folder = try TemporaryFolder()
        for (name, value) in zip(AverageTests.names, [1, 2, 4] as [Float]) {
            try FixedModel.write(to: folder.path("\(name).safetensors")) { parameter, numbers in
                if parameter.hasSuffix("weight") { numbers.update(repeating: value) }
            }
        }
    }

    private func average(_ arguments: String...) throws -> Outcome {
        try Ocellus.run(["average"] + arguments, in: folder.path)
    }

    /// A model as declared, not folded, of zeros.
    private func zeros(_ architecture: Architecture) throws -> Model {
        let description = architecture.defaultDescription()
        var parameters = Parameters()
        for declaration in try description.declare().parameters {
            parameters[declaration.name] = try Parameter(
                dimensions: declaration.dimensions, values: Buffer(count: declaration.count))
        }
        return try Model(description, parameters)
    }

    /// The number that all weights of a written model have, and the largest bias.
    private func numbers(_ name: String) throws -> (weight: Float, bias: Float) {
        let model = try Model(ModelFile(path: folder.path(name)))
        var weights: Set<Float> = []
        var bias: Float = 0
        for declaration in model.graph.parameters {
            let values = try model.parameters.required(declaration).values.elements
            if declaration.name.description.hasSuffix("weight") {
                weights.formUnion(values)
            } else {
                bias = max(bias, values.max() ?? 0)
            }
        }
        return (try #require(weights.count == 1 ? weights.first : nil), bias)
    }

    @Test("all alike unless told otherwise; weights are divided by their sum; what is equal stays as it is")
    func mean() throws {
        let plain = try average("a.safetensors", "b.safetensors", "--out", "plain")
        #expect(plain.status == 0 && plain.errors == "")
        #expect(plain.output == "plain: mean of 0.5 a.safetensors, 0.5 b.safetensors\n")
        #expect(try numbers("plain") == (1.5, 14))
        let weighted = try average(
            "a.safetensors", "b.safetensors", "c.safetensors", "--weights", "2,1,1", "--out", "weighted")
        #expect(weighted.output == "weighted: mean of 0.5 a.safetensors, 0.25 b.safetensors, 0.25 c.safetensors\n")
        #expect(try numbers("weighted") == (2, 14))
        let info = try Ocellus.run(["info", "weighted"], in: folder.path)
        #expect(info.output.contains("0.5 a.safetensors, 0.25 b.safetensors, 0.25 c.safetensors"))
    }

    @Test("one model, wrong weights, a model that would be replaced: wrong usage, and nothing is written")
    func usage() throws {
        let before = try Data(contentsOf: URL(fileURLWithPath: folder.path("a.safetensors")))
        let two = ["a.safetensors", "b.safetensors"]
        for arguments in [
            ["a.safetensors", "--out", "o"], two + ["--out", ""], two + ["--out", "./a.safetensors"],
            two + ["--out", "o", "--weights", "1"], two + ["--out", "o", "--weights", "1,0"],
            two + ["--out", "o", "--weights", "1,x"], two + ["--out", "o", "--weights", "1,,1"],
            two + ["--out", "o", "--weights", "nan,1"], two + ["--out", "o", "--weights=-1,2"],
        ] {
            let outcome = try Ocellus.run(["average"] + arguments, in: folder.path)
            #expect(outcome.status == 2, "\(arguments): \(outcome.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path("o")))
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path("a.safetensors"))) == before)
    }

    @Test("an int8 model counts as the float model that its integers stand for")
    func integers() throws {
        let mean = try average("face", "face", "--weights", "1,2", "--out", "o")
        #expect(mean.status == 0, "\(mean.errors)")
        let (own, face) = (try Model(ModelFile(path: folder.path("o"))), try EmbeddedModel.face().dequantized())
        for declaration in face.graph.parameters {
            let (a, b) = (
                try own.parameters.required(declaration).values.elements,
                try face.parameters.required(declaration).values.elements
            )
            #expect(zip(a, b).allSatisfy { abs($0 - $1) <= abs($1) * 1e-6 }, "\(declaration.name)")
        }
    }

    @Test("folded with unfolded models, other networks and missing files are refused with the reason")
    func refused() throws {
        let missing = try average("a.safetensors", "none.safetensors", "--out", "o")
        #expect(missing.status == 1 && missing.errors.contains("none.safetensors"))
        try zeros(EmbeddedModel.face().description.architecture).write(to: folder.path("start.safetensors"))
        let folded = try average("face", "start.safetensors", "--out", "o")
        #expect(folded.status == 1 && folded.errors.contains("has them folded into its weights"))
        try zeros(.mobileNetSSDCaffe).write(to: folder.path("ssd.safetensors"))
        let mixed = try average("a.safetensors", "ssd.safetensors", "--out", "o")
        #expect(mixed.status == 1 && mixed.errors.contains("different networks, classes or inputs"))
        #expect(!FileManager.default.fileExists(atPath: folder.path("o")))
    }
}
