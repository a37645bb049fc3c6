// `ocellus info`: what this build can do, and what a model is: its layers, its numbers, its activations on a picture.
import ArgumentParser
import Foundation
import Ocellus
import OcellusFiles
import OcellusModels
import OcellusNetwork
import OcellusTensor

struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Shows what this build and a model are made of.")

    @Argument(help: "Model file; without one, the processor's kernels and the known architectures are shown.")
    var model: String?

    @Flag(help: "One line a layer: shapes, parameters, multiply-accumulates, time, kernel.")
    var layers = false

    @Option(help: "Run on this picture and show the range of every layer's values.")
    var activations: String?

    func run() throws {
        guard let path = model else {
            guard !layers, activations == nil else {
                throw ValidationError("--layers and --activations need a model file")
            }
            return showBuild()
        }
        let model = try Model(try ModelFile(path: path))
        show(model, path)
        guard layers || activations != nil else { return }
        let detector = try Detector(model)
        if layers { try LayerTable(detector).show() }
        if let activations { try ActivationTable(detector, picture: activations).show() }
    }

    private func showBuild() {
        print("ocellus \(Version.text)")
        print("kernels        \(KernelSet.best.name) (available: \(KernelSet.available.map(\.name).joined(separator: ", ")))")
        print("architectures  \(Architecture.allCases.map(\.name).joined(separator: ", "))")
    }

    private func show(_ model: Model, _ path: String) {
        let description = model.description
        let folded = Folding(model.graph).graph
        let preprocessing = description.preprocessing
        let named = description.labels.filter { !$0.isEmpty }
        print("model          \(path)")
        let width = description.width == 1 ? "" : ", width \(description.width)"
        print("architecture   \(description.architecture.name)\(width)\(description.isFolded ? ", normalization folded" : "")")
        print("classes        \(named.count): \(named.prefix(8).joined(separator: ", "))\(named.count > 8 ? ", …" : "")")
        print("input          \(preprocessing.summary)")
        print("parameters     \(grouped(model.graph.trainableParameterCount))")
        print("work           \(String(format: "%.1f", Double(folded.multiplyAccumulates) / 1e6)) M multiply-accumulates")
        if let anchors = try? description.architecture.anchors(preprocessing) {
            print("anchors        \(grouped(anchors.count))")
        }
        print("thresholds     score \(description.scoreThreshold), overlap \(description.overlapThreshold)")
        print("kernels        \(KernelSet.best.name), float32")
        for entry in description.provenance { print("\(entry.key.padding(toLength: 15, withPad: " ", startingAt: 0))\(entry.value)") }
    }
}
