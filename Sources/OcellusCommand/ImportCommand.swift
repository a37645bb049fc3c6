// `ocellus import`: foreign weights become a model file, with a report of every key.
import ArgumentParser
import Foundation
import OcellusImport
import OcellusModels
import OcellusNetwork
import OcellusTensor

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Turns weights of other frameworks into a model file.",
        discussion: """
            Reads PyTorch state dictionaries (.pth), safetensors and TensorFlow Lite files of the networks that Ocellus \
            knows. Nothing in the file is executed. The report counts the keys that were loaded, missing, unexpected \
            and of the wrong size; the model is written only when none is missing or of the wrong size.
            """)

    @Argument(help: "File with weights.")
    var file: String

    @Option(help: "Model file to write (.safetensors).")
    var out: String

    @Option(help: "Architecture (default: the one whose parameters the file has). Known: \(Architecture.names).")
    var architecture: String?

    @Option(help: "Text file with one class name a line, the background left out (default: the architecture's).")
    var labels: String?

    func run() throws {
        let source = try ImportSource.read(path: file)
        let candidates = try architecture.map { [try known($0)] } ?? Architecture.allCases
        var attempts: [ImportAttempt] = []
        for candidate in candidates {
            for width in candidate.publishedWidths {
                for folded in [false, true] {
                    attempts.append(try ImportAttempt(source, try description(candidate, width, folded: folded)))
                }
            }
        }
        guard let best = attempts.max(by: { $0.quality < $1.quality }) else { return }
        print("\(file): \(source.format.rawValue), read as \(best.description.architecture.name)")
        print(best.report.description)
        let model = try best.model(from: file)
        try model.write(to: out)
        print("\(out): \(best.description.labels.count) classes, \(model.graph.trainableParameterCount) parameters")
    }

    private func known(_ name: String) throws(OcellusError) -> Architecture {
        guard let architecture = Architecture(name: Name(name)) else {
            throw OcellusError(
                .invalidArgument, "unknown architecture '\(name)': known are \(Architecture.names)")
        }
        return architecture
    }

    private func description(
        _ architecture: Architecture, _ width: Float, folded: Bool
    ) throws(OcellusError) -> ModelDescription {
        var description = architecture.defaultDescription()
        description.width = width
        description.isFolded = folded
        description.provenance = [("source", (file as NSString).lastPathComponent)]
        if let labels {
            let bytes = try FileBytes(path: labels, limit: 1 << 20)
            let lines = String(decoding: bytes.bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
            description.labels = lines.map { $0.trimmingCharacters(in: .whitespaces) }
        }
        return description
    }
}

/// One reading of a file as one architecture.
struct ImportAttempt {
    let description: ModelDescription
    let report: KeyReport
    private let parameters: Parameters

    init(_ source: ImportedFile, _ description: ModelDescription) throws(OcellusError) {
        self.description = description
        let declared = try description.declare().parameters.map { (name: $0.name, dimensions: $0.dimensions) }
        (parameters, report) = try ImportMap(for: source).parameters(from: source, declared: declared)
    }

    /// More loaded and less missing is better.
    var quality: Int { report.loaded.count - report.missing.count - report.missized.count }

    func model(from file: String) throws(OcellusError) -> Model {
        guard !report.loaded.isEmpty else {
            throw OcellusError(
                .unsupported,
                "\(file): none of its keys belongs to a known architecture (\(Architecture.names)); "
                    + "name one with --architecture")
        }
        guard report.missing.isEmpty, report.missized.isEmpty else {
            throw OcellusError(
                .invalidData,
                "\(file): \(report.missing.count) missing and \(report.missized.count) mis-sized keys: no model written; "
                    + "is it another architecture (--architecture) or class list (--labels)?")
        }
        return try Model(description, parameters)
    }
}
