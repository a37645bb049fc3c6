// `ocellus export`: a model file becomes an ONNX file for other engines.
import ArgumentParser
import Foundation
import OcellusExport
import OcellusModels
import OcellusTensor

struct ExportCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case onnx
    }

    enum Numbers: String, ExpressibleByArgument, CaseIterable {
        case int8, float

        var precision: Precision { self == .int8 ? .int8 : .float }
    }

    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Writes a model for other engines.",
        discussion: """
            The network up to its head rows, as ONNX with operator set 17; batch normalisation is folded. In float the \
            input 'image' is the normalised picture, in int8 the pixels as bytes. How the picture is brought into the \
            input, the labels, the thresholds and how rows become boxes stand in the file's metadata. An int8 file has \
            QuantizeLinear and DequantizeLinear around each operator, from which engines make integer operators.
            """)

    @Argument(help: ArgumentHelp("Model file (.safetensors).", valueName: "model"))
    var model: String

    @Option(help: "Format of the file: onnx.")
    var to = Format.onnx

    @Option(help: ArgumentHelp("File to write (.onnx).", valueName: "file"))
    var out: String

    @Option(help: "Numbers of the network: int8 (from a quantised model) or float (default: the model's own).")
    var precision: Numbers?

    func validate() throws {
        if out.isEmpty { throw ValidationError("--out needs the name of a file") }
        if FilePath.areSameFile(out, model) {
            throw ValidationError("--out \(out): the export would replace the model")
        }
    }

    func run() throws {
        Output.outlivesReader = true
        let loaded = try ModelOptions.load(model)
        let chosen = precision?.precision ?? loaded.description.precision
        if chosen == .int8, loaded.quantized == nil {
            throw OcellusError(
                .invalidArgument,
                "\(model): a float model has no int8 numbers: run 'ocellus quantize \(model) --data PICTURES --out FILE' "
                    + "first and export what it writes, or export with '--precision float'")
        }
        switch to {
        case .onnx: try ONNXExport.write(loaded, precision: chosen, to: out)
        }
        if loaded.description.refiner != nil {
            Report.failure("the file has the detector alone: what refines its landmarks ('ocellus info') is not in it")
        }
        Output.line("\(printable(out)): ONNX, \(loaded.description.architecture.name), \(chosen.name)")
    }
}
