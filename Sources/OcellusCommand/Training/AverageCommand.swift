// `ocellus average`: one float model out of several stages of a training.
import ArgumentParser
import Foundation
import OcellusModels
import OcellusTensor
import OcellusTraining

struct AverageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "average", abstract: "Makes one float model of several, number by number.",
        discussion: """
            For models that were trained from one another or from the same start: the mean often finds more than each of \
            them. An int8 model counts as the float model that its integers stand for. Measure the mean with 'eval', then go \
            on with 'train --from FILE --steps 0 --int8-steps 400' or 'quantize'.
            """)

    @Argument(help: ArgumentHelp("Models (.safetensors) of the same network, two or more.", valueName: "models"))
    var models: [String]

    @Option(
        help: ArgumentHelp(
            "How much each model counts, in their order: .7,.3 (default: all alike).", valueName: "list"))
    var weights: String?

    @Option(help: ArgumentHelp("Model file to write (.safetensors).", valueName: "file"))
    var out: String

    func validate() throws {
        guard !out.isEmpty else { throw ValidationError("--out needs the name of a file") }
        guard models.count > 1 else { throw ValidationError("one model is its own mean: name two or more") }
        if models.contains(where: { FilePath.areSameFile(out, $0) }) {
            throw ValidationError("--out \(out): the mean would replace one of its models")
        }
        _ = try shares()
    }

    /// One for each model, as given.
    private func shares() throws -> [Float] {
        guard let weights else { return models.map { _ in 1 } }
        // What is no number counts as one that is not above 0.
        let numbers = weights.split(separator: ",", omittingEmptySubsequences: false).map { Float($0) ?? 0 }
        guard numbers.count == models.count, numbers.allSatisfy({ $0 > 0 && $0.isFinite }) else {
            throw ValidationError(
                "--weights \(weights): expected \(models.count) numbers above 0 with commas between them, one for each model"
            )
        }
        return numbers
    }

    func run() throws {
        Output.outlivesReader = true
        let weights = try shares()
        let mean = try Model.average(try models.map { try ModelOptions.load($0) }, weights: weights)
        let whole = weights.reduce(0, +)
        let parts = zip(models, weights).map { model, weight in
            String(format: "%.3g ", weight / whole) + (model as NSString).lastPathComponent
        }.joined(separator: ", ")
        try mean.adding([("mean of", parts)]).write(to: out)
        Output.line("\(out): mean of \(parts)")
    }
}
