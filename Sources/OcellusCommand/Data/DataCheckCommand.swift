// `ocellus data check`: what is in a dataset and everything that is wrong with it, file and box named, before hours go
// into training on it.
import ArgumentParser
import Foundation
import OcellusData
import OcellusTensor

struct DataCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Names every fault of labelled pictures.",
        discussion: """
            Errors are labels that cannot be used and pictures that cannot be read; warnings are used after a repair (a box \
            is cut at the picture's edge); information needs nothing done. The status is 1 when there are errors.
            """)

    @Argument(help: ArgumentHelp("Folder of labelled pictures.", valueName: "folder"))
    var data: FilePath

    @OptionGroup var options: DataOptions

    @Option(help: ArgumentHelp("The classes there may be (default: those in the data).", valueName: "name,name,..."))
    var classes: String?

    @Option(
        help: ArgumentHelp(
            "Most lines of each kind of warning and information; errors are all shown.", valueName: "count"))
    var lines = 10

    func validate() throws {
        guard lines >= 0 else { throw ValidationError("--lines \(lines): must be at least 0") }
    }

    func run() throws {
        let names = classes?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        let dataset = try options.read(data, classes: names)
        var check = DatasetCheck(dataset)
        Progress.watching(dataset.pictures.count) { show in
            for index in dataset.pictures.indices {
                show(index)
                check.look(at: index)
            }
        }
        Output.line(DataSummary(dataset).text)
        show(check.faults)
        if check.faults.contains(where: { $0.severity == .error }) { throw ExitCode(1) }
    }

    private func show(_ faults: [DataFault]) {
        for (severity, word) in [
            (DataFault.Severity.error, "error"), (.warning, "warning"), (.information, "information"),
        ] {
            for kind in DataFault.Kind.allCases {
                let found = faults.filter { $0.severity == severity && $0.kind == kind }
                let shown = severity == .error ? found.count : min(lines, found.count)
                for fault in found.prefix(shown) { Output.line("\(word): \(printable(fault.message))") }
                if found.count > shown {
                    Output.line("\(word): \(grouped(found.count - shown)) more of this kind (\(kind.words))")
                }
            }
        }
        func count(_ severity: DataFault.Severity) -> Int { faults.count { $0.severity == severity } }
        let (errors, warnings) = (count(.error), count(.warning))
        Output.line(
            counted(errors, "error", "errors") + ", " + counted(warnings, "warning", "warnings")
                + (errors == 0 ? ": can be trained on" : ": mend the errors before training"))
    }
}

extension DataFault.Kind {
    /// For a line that stands for many.
    var words: String {
        switch self {
        case .unreadableLabels: return "labels that cannot be read"
        case .malformedBox: return "boxes that are not four numbers"
        case .swappedCorners: return "boxes with swapped corners"
        case .zeroSize: return "boxes without size"
        case .outsidePicture: return "boxes outside their picture"
        case .unknownClass: return "unknown classes"
        case .duplicateBox: return "boxes that are there twice"
        case .duplicatePicture: return "pictures that are there twice"
        case .missingPicture: return "labels without a picture"
        case .unreadablePicture: return "pictures that cannot be read"
        case .sizeMismatch: return "sizes that differ from the picture's"
        case .pictureWithoutLabels: return "pictures without labels"
        }
    }
}
