// `ocellus info`: what this build can do, and what a model is: its layers, its numbers, its activations on a picture.
import ArgumentParser
import Foundation
import Ocellus
import OcellusModels
import OcellusNetwork
import OcellusTensor

struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Shows what this build and a model are made of.",
        usage: "ocellus info [<model>] [--layers] [--activations <picture>]",
        discussion: """
            --activations runs the model on a picture and shows the range, mean and deviation of every layer's values, \
            the share of zeros, and a remark on layers that look ill: values that are not finite, only zeros, very large.
            """)

    @Argument(help: "Model file; without one, the processor's kernels and the known architectures are shown.")
    var model: String?

    @Flag(help: "One line a layer: shapes, weights, multiply-accumulates, median time of several runs, kernel.")
    var layers = false

    @Option(help: ArgumentHelp("Picture to run the model on.", valueName: "picture"))
    var activations: FilePath?

    func validate() throws {
        if model == nil, layers || activations != nil {
            throw ValidationError("--layers and --activations need a model file")
        }
    }

    func run() throws {
        guard let path = model else { return showBuild() }
        let model = try ModelOptions.load(path)
        let detector = layers || activations != nil ? try Detector(model) : nil
        show(model, path)
        guard let detector else { return }
        if layers { LayerTable(detector).show() }
        if let activations { try ActivationTable(detector, picture: activations).show() }
    }

    private func showBuild() {
        let available = KernelSet.available.map(\.name).joined(separator: ", ")
        Output.line("ocellus \(Version.text)")
        row("kernels", "\(KernelSet.best.name) (this processor runs: \(available))")
        row("architectures", Architecture.allCases.map(\.name).joined(separator: ", "))
        row("models", EmbeddedModel.hasFace ? "face, in int8: 'ocellus info face'" : "none built in")
    }

    private func show(_ model: Model, _ path: String) {
        let description = model.description
        let folded = Folding(model.graph).graph
        let preprocessing = description.preprocessing
        let named = description.labels.filter { !$0.isEmpty }
        let width = description.width == 1 ? "" : ", width \(description.width)"
        row("model", path)
        row(
            "architecture",
            "\(description.architecture.name)\(width)\(description.isFolded ? ", normalization folded" : "")")
        row("classes", "\(named.count): \(named.prefix(8).joined(separator: ", "))\(named.count > 8 ? ", …" : "")")
        row("input", preprocessing.summary)
        row("parameters", grouped(model.graph.trainableParameterCount))
        row("work", String(format: "%.1f M multiply-accumulates", Double(folded.multiplyAccumulates) / 1e6))
        if let anchors = try? description.architecture.anchors(preprocessing) {
            row("anchors", grouped(anchors.count))
        }
        if let refiner = description.refiner {
            let graph = refiner.network.graph
            row(
                "landmarks",
                String(
                    format: "refined on the %d tallest faces: %@ parameters, %.1f M multiply-accumulates each",
                    LandmarkRefiner.limit, grouped(graph.trainableParameterCount),
                    Double(graph.multiplyAccumulates) / 1e6))
        }
        let blend = description.blendOverlap.map { ", blended from \($0)" } ?? ""
        row("thresholds", "score \(description.scoreThreshold), overlap \(description.overlapThreshold)\(blend)")
        row("kernels", "\(KernelSet.best.name), \(description.precision.name)")
        for entry in description.provenance { row(entry.key, entry.value) }
    }

    private func row(_ title: String, _ value: String) {
        let title = printable(title)
        let space = String(repeating: " ", count: max(1, 15 - title.count))
        Output.line(title + space + printable(value))
    }
}
