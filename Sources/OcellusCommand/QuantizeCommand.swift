// `ocellus quantize`: a float model and pictures in, an integer model and what it cost each layer out.
import ArgumentParser
import Foundation
import Ocellus
import OcellusFiles
import OcellusImage
import OcellusModels
import OcellusQuantization
import OcellusTensor

struct QuantizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quantize", abstract: "Turns a float model into an int8 model.",
        discussion: """
            The network runs on the pictures of a folder (all folders inside too) to see how large its values become. \
            Labels are not needed; a hundred pictures like those of later use are enough. The table shows for every \
            layer how far its values lie above the rounding error, in decibels: 30 is good, below 10 is poor.
            """)

    @Argument(help: ArgumentHelp("Float model (.safetensors).", valueName: "model"))
    var model: String

    @Option(help: ArgumentHelp("Folder of pictures.", valueName: "folder"))
    var data: FilePath

    @Option(help: ArgumentHelp("Model file to write (.safetensors).", valueName: "file"))
    var out: String

    @Option(help: ArgumentHelp("Most pictures that are used, taken evenly from all.", valueName: "count"))
    var images = 200

    @Option(help: "How a layer's range is chosen: minmax, average, percentile or mse.")
    var method = CalibrationChoice.mse

    @Flag(
        inversion: .prefixedNo, help: "Bring the channels in front of depthwise convolutions to one size first.")
    var equalization = true

    @Flag(help: "Write the model even when a layer does not survive.")
    var force = false

    func validate() throws {
        if out.isEmpty { throw ValidationError("--out needs the name of a file") }
        if FilePath.areSameFile(out, model) {
            throw ValidationError("--out \(out): the integer model would replace the float model")
        }
        guard images > 0 else { throw ValidationError("--images must be at least 1") }
    }

    func run() throws {
        Output.outlivesReader = true
        let original = try ModelOptions.load(model)
        guard original.quantized == nil else {
            throw OcellusError(.invalidArgument, "\(model): int8 already: quantise the float model that it was made of")
        }
        let paths = try sample()
        let start = equalization ? try equalized(original, paths) : original
        let quantization = try PostTrainingQuantization(start, method: method.calibration)
        let pictures = show(paths, reportingFailures: !equalization) { view throws(OcellusError) in
            try quantization.observe(view)
        }
        let result = try quantization.quantized()
        let report = try quantization.report(on: result)
        for path in paths.prefix(20) {
            if let picture = try? PictureFile.read(path, maximumSide: 600) { try report.compare(picture.view) }
        }
        show(report)
        if !force { try report.check() }
        let seen = counted(pictures, "picture", "pictures")
        try result.adding([("calibration", "\(seen), \(method.rawValue)")]).write(to: out)
        Output.line("\(out): int8, calibrated on \(seen) (\(method.rawValue))")
    }

    private func equalized(_ model: Model, _ paths: [FilePath]) throws(OcellusError) -> Model {
        let equalization = try ModelEqualization(model)
        _ = show(paths, reportingFailures: true) { view throws(OcellusError) in try equalization.observe(view) }
        return try equalization.equalized()
    }

    /// Shows the pictures that can be read to `observe` and returns how many those are.
    private func show(
        _ paths: [FilePath], reportingFailures: Bool, to observe: (ImageView) throws(OcellusError) -> Void
    ) -> Int {
        let progress = Progress(total: paths.count, isResultShown: false)
        var pictures = 0
        for (index, path) in paths.enumerated() {
            progress.show(done: index)
            do throws(OcellusError) {
                try observe(try PictureFile.read(path, maximumSide: 600).view)
                pictures += 1
            } catch {
                progress.clear()
                if reportingFailures { Report.failure(error.message) }
            }
        }
        progress.clear()
        return pictures
    }

    /// At most `images` pictures, evenly from all in the folder.
    private func sample() throws -> [FilePath] {
        guard data.isFolder else { throw OcellusError(.io, "\(data.text): no such folder") }
        let all = PictureList.all(below: data)
        guard !all.isEmpty else {
            throw OcellusError(.io, "\(data.text): no pictures in this folder: expected .jpg, .png, .ppm or .pgm files")
        }
        guard all.count > images else { return all }
        return (0..<images).map { all[$0 * all.count / images] }
    }

    private func show(_ report: LayerReport) {
        var table = TextTable([("layer", .left), ("minimum", .right), ("maximum", .right), ("dB", .right)])
        for layer in report.layers {
            let isRange = layer.range.minimum <= layer.range.maximum
            table.add([
                printable(layer.name.description), isRange ? String(format: "%.3f", layer.range.minimum) : "",
                isRange ? String(format: "%.3f", layer.range.maximum) : "", String(format: "%.1f", layer.decibels),
            ])
        }
        Output.line(table.text)
    }
}
