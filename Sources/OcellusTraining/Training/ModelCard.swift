// What a model was made of and how good it is: in the model file as provenance, and beside it as a page.
import Glibc
import OcellusFiles
import OcellusModels
import OcellusTensor

/// A trained model's card.
public struct ModelCard {
    private let outcome: FineTune.Outcome
    /// Keys and values as they stand in the model file.
    public let provenance: [(key: String, value: String)]

    /// - Parameter sharedCount: pictures that were learnt from and measured on as well.
    public init(
        outcome: FineTune.Outcome, plan: FineTunePlan, data: [String], from: String, teacher: String?, trainCount: Int,
        evaluationCount: Int, sharedCount: Int = 0
    ) {
        self.outcome = outcome
        var lines: [(key: String, value: String)] = [
            ("trained", "\(ModelCard.today()), from \(from == "scratch" ? "random numbers" : ModelCard.name(from))"),
            (
                "data",
                "\(data.map(ModelCard.name).joined(separator: ", ")): \(trainCount) pictures, measured on "
                    + (sharedCount == 0
                        ? "\(evaluationCount) others"
                        : "\(evaluationCount), of which \(sharedCount) were learnt from as well")
            ),
            ("teacher", teacher.map(ModelCard.name) ?? "none"),
            (
                "schedule",
                "\(plan.floatSteps) steps in float and \(plan.quantizedSteps) under simulated int8, "
                    + "\(plan.float.batch * plan.float.accumulation) pictures each, \(plan.float.optimizer.name), rate "
                    + "\(plan.float.schedule.rate), seed \(plan.float.seed), \(plan.float.threads) threads"
            ),
        ]
        if let before = outcome.before { lines.append(("measured before", before.summary)) }
        lines.append(("measured in float", outcome.float.summary))
        lines.append(("measured in int8", outcome.int8.summary))
        provenance = lines
    }

    /// A file's or folder's own name: where it lay on one machine says nothing elsewhere.
    private static func name(_ path: String) -> String { PathName.last(path) }

    /// Year, month and day at Greenwich.
    public static func today() -> String {
        var (now, parts) = (time(nil), tm())
        gmtime_r(&now, &parts)
        func padded(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(1900 + parts.tm_year)-\(padded(parts.tm_mon + 1))-\(padded(parts.tm_mday))"
    }

    /// What stands on every card below the name of the network.
    private static let beginning = "Finds: "

    /// Throws `.invalidArgument` when there is something at `path` that is no card: a run must not end by replacing a page of
    /// somebody's own.
    public static func requireReplaceable(_ path: String) throws(OcellusError) {
        guard FileSystem.exists(path) else { return }
        if !FileSystem.isFolder(path) {
            let content = try FileBytes(path: path)
            let text = withExtendedLifetime(content) { String(decoding: content.bytes.prefix(200), as: UTF8.self) }
            let lines = text.split(separator: "\n")
            if lines.count > 1, lines[0].hasPrefix("# "), lines[1].hasPrefix(beginning) { return }
        }
        throw OcellusError(
            .invalidArgument,
            "\(path): is there and is no card of a model, which would replace it: rename it, or choose another --out")
    }

    /// Writes the page as Markdown. Throws `.io`.
    public func write(to path: String) throws(OcellusError) {
        var text = "# \(outcome.model.description.architecture.name)\n\n" + ModelCard.beginning
        text += "\(outcome.model.description.labels.joined(separator: ", ")).\n\n| | |\n|---|---|\n"
        for (key, value) in provenance { text += "| \(key) | \(value) |\n" }
        text += "\nThe licence of a model follows from its data: state it here before passing the model on.\n"
        let bytes = Array(text.utf8)
        try bytes.withUnsafeBufferPointer { bytes throws(OcellusError) in try FileBytes.write(bytes, to: path) }
    }
}
