// `ocellus adjust`: a trained model that is surer, or less sure, of what small anchors or one class see.
import ArgumentParser
import Foundation
import OcellusModels
import OcellusTensor
import OcellusTraining

struct AdjustCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adjust", abstract: "Moves a model's scores, by size or class.",
        discussion: """
            A number is added to the logits of what anchors of some sizes or one class find: -0.7 halves the odds, 0.7 doubles \
            them. Nothing is trained, and detection takes as long as before. Float and int8 models, 'face' too; 'eval' says what \
            it gives. For example: ocellus adjust face --sizes 20=-0.5 --out calm.safetensors
            """)

    @Argument(help: ArgumentHelp("Model file (.safetensors), or face.", valueName: "model"))
    var model: String

    @Option(
        help: ArgumentHelp(
            "What is added for anchors up to so many pixels of the network's input: 10=-0.8,20=-0.2", valueName: "list")
    )
    var sizes: String?

    @Option(help: ArgumentHelp("What is added for classes: dog=-0.5,cat=0.3", valueName: "list"))
    var classes: String?

    @Option(help: ArgumentHelp("Model file to write (.safetensors).", valueName: "file"))
    var out: String

    func validate() throws {
        guard !out.isEmpty else { throw ValidationError("--out needs the name of a file") }
        guard !FilePath.areSameFile(out, model) else {
            throw ValidationError("--out \(out): the new model would replace the one it is made of")
        }
        guard sizes != nil || classes != nil else {
            throw ValidationError("nothing to move: give --sizes or --classes")
        }
        _ = try bySize()
        _ = try byName()
    }

    private func bySize() throws -> [(limit: Float, offset: Float)] {
        try NumberList.parse(sizes, "--sizes", form: "PIXELS=NUMBER").map { key, offset in
            guard let limit = Float(key), limit > 0 else {
                throw ValidationError("--sizes: '\(key)' is no number of pixels above 0")
            }
            return (limit, offset[0])
        }
    }

    private func byName() throws -> [(name: String, offset: Float)] {
        try NumberList.parse(classes, "--classes", form: "NAME=NUMBER").map { ($0.key, $0.numbers[0]) }
    }

    func run() throws {
        Output.outlivesReader = true
        let original = try ModelOptions.load(model)
        let (bySize, byName) = (try bySize(), try byName())
        var adjustment = ScoreAdjustment(sizes: bySize)
        for (name, offset) in byName {
            guard let label = original.description.labels.firstIndex(of: name) else {
                throw OcellusError(
                    .invalidArgument,
                    "\(model): has no class '\(printable(name))': 'ocellus info \(model)' lists its classes")
            }
            adjustment.classes[label] = offset
        }
        let changes =
            (bySize.map { "anchors to \(AdjustCommand.text($0.limit)) px by \(AdjustCommand.text($0.offset))" }
            + byName.map { "\($0.name) by \(AdjustCommand.text($0.offset))" }).joined(separator: ", ")
        let adjusted = try original.adjustingScores(adjustment)
        // What is said once more replaces what was said: moves add up.
        let before = original.description.provenance.last { $0.key == "scores" }?.value
        try adjusted.adding([("scores", (before.map { $0 + "; then " } ?? "moved for ") + changes)]).write(to: out)
        Output.line("\(out): scores moved for \(changes)")
    }

    private static func text(_ number: Float) -> String { String(format: "%g", number) }
}
