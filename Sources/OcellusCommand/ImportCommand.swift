// `ocellus import`: foreign weights become a model file, with a report of every key.
import ArgumentParser
import Foundation
import OcellusImport
import OcellusModels
import OcellusTensor

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Turns weights of other frameworks into a model file.",
        usage: "ocellus import <file> --out <file> [--precision float|int8] [--architecture <name>] [--labels <file>]",
        discussion: """
            Reads PyTorch state dictionaries (.pth), safetensors, TensorFlow Lite and ONNX files of the networks that \
            Ocellus knows. Nothing in the file is executed. The report counts the keys that were loaded, missing, unexpected \
            and of another size; the model is written only when none is missing or of another size. A quantised \
            TensorFlow Lite file becomes a float model, or with --precision int8 an integer one that keeps its scales.
            """)

    @Argument(help: "File with weights.")
    var file: String

    @Option(help: ArgumentHelp("Model file to write (.safetensors).", valueName: "file"))
    var out: String

    @Option(
        help: ArgumentHelp(
            "Architecture: \(Architecture.names) (default: the one whose parameters the file has).", valueName: "name"))
    var architecture: String?

    @Option(
        help: ArgumentHelp(
            """
            Text file with one class name a line, the background left out; an empty line or ??? is a class that is \
            never used (default: the architecture's classes).
            """, valueName: "file"))
    var labels: String?

    @Option(help: ArgumentHelp("Arithmetic of the model: float or int8.", valueName: "float|int8"))
    var precision = Precision.float

    func validate() throws {
        if out.isEmpty { throw ValidationError("--out needs the name of a file") }
        if FilePath.areSameFile(out, file) {
            throw ValidationError("--out \(out): the model would replace the file with the weights")
        }
        if let architecture, Architecture(name: Name(architecture)) == nil {
            throw ValidationError("--architecture \(architecture): expected one of \(Architecture.names)")
        }
    }

    func run() throws {
        Output.outlivesReader = true
        let source = try ImportSource.read(path: file)
        let best = try closest(source)
        var model = try best.model(from: file, wasNamed: architecture != nil)
        if precision == .int8 { model = try integers(model, source) }
        try model.write(to: out)
        let classes = best.description.labels.filter { !$0.isEmpty }.count
        Output.line("\(printable(file)): \(source.format.rawValue), read as \(best.description.architecture.name)")
        Output.line(printableLines(best.report.description))
        Output.line(
            "\(printable(out)): \(counted(classes, "class", "classes")), \(grouped(model.graph.trainableParameterCount)) parameters"
        )
    }

    private func integers(_ model: Model, _ source: ImportedFile) throws(OcellusError) -> Model {
        guard source.hasActivationRanges else {
            throw OcellusError(
                .unsupported,
                "\(file): not a quantised TensorFlow Lite file: import it in float and run 'ocellus quantize'")
        }
        let folded = try model.folded()
        return try folded.quantized(ranges: try source.activationRanges(of: folded.graph))
    }

    /// The reading that loads most. Throws why a reading is impossible when all are.
    private func closest(_ source: ImportedFile) throws(OcellusError) -> ImportAttempt {
        let tried: [Architecture]
        if let named = architecture.flatMap({ Architecture(name: Name($0)) }) {
            tried = [named]
        } else {
            tried = try candidates(source)
        }
        var best: ImportAttempt?
        var failure: OcellusError?
        for candidate in tried {
            for width in candidate.publishedWidths {
                for folded in [false, true] {
                    do throws(OcellusError) {
                        let attempt = try ImportAttempt(source, try description(candidate, width, folded: folded))
                        if attempt.quality > best?.quality ?? .min { best = attempt }
                    } catch {
                        // With --labels an architecture may not have so many classes; another one may.
                        if failure == nil { failure = error }
                    }
                }
            }
        }
        if let best { return best }
        throw failure ?? OcellusError(.unsupported, "\(file): no architecture to read it as")
    }

    /// Architectures to try, the likeliest first: of equal readings the first one counts.
    private func candidates(_ source: ImportedFile) throws(OcellusError) -> [Architecture] {
        func metadata(_ key: String) -> String? { source.metadata.first { $0.key == key }?.value }
        if metadata("format")?.hasPrefix("ocellus-") == true {
            guard metadata("precision") == Precision.float.name else {
                throw OcellusError(
                    .unsupported,
                    "\(file): is an int8 model of ocellus already: use it as it is; 'ocellus train --from' makes float of it"
                )
            }
            // It says what it is.
            if let own = metadata("architecture").flatMap({ Architecture(name: Name($0)) }) { return [own] }
        }
        guard source.format == .tflite else { return Architecture.allCases }
        return Architecture.allCases.filter { $0 == .mobileNetSSDTensorFlow }
            + Architecture.allCases.filter { $0 != .mobileNetSSDTensorFlow }
    }

    private func description(
        _ architecture: Architecture, _ width: Float, folded: Bool
    ) throws(OcellusError) -> ModelDescription {
        var description = architecture.defaultDescription()
        description.width = width
        description.isFolded = folded
        description.provenance = [("source", (file as NSString).lastPathComponent)]
        if let labels { description.labels = try ClassNames.read(labels) }
        return description
    }
}

/// Class names, one a line.
enum ClassNames {
    static func read(_ path: String) throws(OcellusError) -> [String] {
        let bytes = try FileBytes(path: path, limit: 1 << 20)
        var lines = String(decoding: bytes.bytes, as: UTF8.self)
            .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .map { $0.trimmingCharacters(in: .whitespaces) }
        if lines.last == "" { lines.removeLast() }
        guard lines.contains(where: { !$0.isEmpty }) else {
            throw OcellusError(.invalidData, "\(path): no class names: expected one a line")
        }
        return lines.map { $0 == "???" ? "" : $0 }
    }
}
