// The command `ocellus`: its subcommands, and how a failure leaves it (a sentence on standard error and a status).
import ArgumentParser
import Foundation
import OcellusTensor

@main
struct OcellusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ocellus",
        abstract: "Detects faces and objects in pictures, on small machines.",
        discussion: "Exit status: 0 done, 1 failed (the reason is on standard error), 2 wrong usage.",
        version: Version.text,
        subcommands: [
            DetectCommand.self, LiveCommand.self, TrainCommand.self, RefineCommand.self, EvalCommand.self,
            AverageCommand.self,
            AdjustCommand.self, QuantizeCommand.self, ImportCommand.self, ExportCommand.self, DataCommand.self,
            InfoCommand.self, BenchCommand.self,
        ])

    static func main() {
        // A reader that goes away (head, jq) is a failed write, not a signal: see Output.
        signal(SIGPIPE, SIG_IGN)
        let arguments = FilePath.commandLine()
        if arguments.isEmpty {
            Report.text(helpMessage() + "\n")
            Foundation.exit(2)
        }
        do {
            var command = try parseAsRoot(arguments)
            try command.run()
        } catch let error as OcellusError {
            Report.failure(error.message)
            Foundation.exit(1)
        } catch let error as ExitCode {
            Foundation.exit(error.rawValue)
        } catch {
            if exitCode(for: error) == .success { exit(withError: error) }
            leave(usage: fullMessage(for: error))
        }
    }

    /// The parser's "Error: what" becomes our "ocellus: what"; its usage lines say what to do.
    private static func leave(usage message: String) -> Never {
        var lines = message.split(separator: "\n").map { printable(String($0)) }
        if let first = lines.first, first.hasPrefix("Error: ") { lines[0] = "ocellus: \(first.dropFirst(7))" }
        Report.text(lines.joined(separator: "\n") + "\n")
        Foundation.exit(2)
    }
}

/// The version of the package, as `--version` and the C library say it.
enum Version {
    static let text = "0.1.0"
}
