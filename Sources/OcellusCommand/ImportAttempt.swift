// One reading of a foreign file as one architecture: how well it fits, and the model when it fits wholly.
import OcellusImport
import OcellusModels
import OcellusNetwork
import OcellusTensor

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

    private var declaredCount: Int { report.loaded.count + report.missing.count + report.missized.count }

    /// Throws why there is none. The keys are listed when the file looks like the architecture, or `wasNamed` as it.
    func model(from file: String, wasNamed: Bool) throws(OcellusError) -> Model {
        if report.isComplete { return try Model(description, parameters) }
        let name = description.architecture.name
        let matched = report.loaded.count + report.missized.count
        guard wasNamed || matched * 2 >= declaredCount else {
            throw OcellusError(
                .unsupported,
                "\(file): not the weights of a network that ocellus knows (\(Architecture.names)): the closest is "
                    + "\(name) with \(report.loaded.count) of \(declaredCount) parameters: "
                    + "see every key with --architecture \(name)")
        }
        Report.text(printableLines(report.description) + "\n")
        let advice =
            report.missing.isEmpty
            ? "name the classes that the file was trained on with --labels"
            : "another network, or weights of a part of it: only whole detectors can be imported"
        throw OcellusError(
            .invalidData,
            "\(file): no model written: of the parameters of \(name) \(report.missing.count) are missing and "
                + "\(report.missized.count) have another size: \(advice)")
    }
}
