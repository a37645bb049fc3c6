// The command `ocellus`: its subcommands, and how a failure leaves it (a sentence on standard error and a status).
import ArgumentParser
import Foundation
import OcellusTensor

@main
struct OcellusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ocellus",
        abstract: "Detects faces and objects in pictures, on small machines.",
        version: Version.text,
        subcommands: [DetectCommand.self, ImportCommand.self, InfoCommand.self, BenchCommand.self])

    /// Exit status: 0 done, 1 failed, 2 wrong usage.
    static func main() {
        // A reader that goes away (head, jq) ends the output, not the program with a signal.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let error as OcellusError {
            leave(error.message)
        } catch let error as ExitCode {
            Foundation.exit(error.rawValue)
        } catch {
            let status = exitCode(for: error)
            if status == .success { exit(withError: error) }
            FileHandle.standardError.write(Data((fullMessage(for: error) + "\n").utf8))
            Foundation.exit(2)
        }
    }

    private static func leave(_ message: String) -> Never {
        Report.failure(message)
        Foundation.exit(1)
    }
}

/// The version of the package, as `--version` and the C library say it.
enum Version {
    static let text = "0.1.0"
}

/// Lines for people on standard error.
enum Report {
    static func failure(_ message: String) {
        FileHandle.standardError.write(Data("ocellus: \(message)\n".utf8))
    }

    static func note(_ message: String) {
        FileHandle.standardError.write(Data("\(message)\n".utf8))
    }
}
