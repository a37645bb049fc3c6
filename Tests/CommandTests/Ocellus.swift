// Runs the built command as a user would: arguments in; status, standard output and standard error out.
import Foundation

/// What a run of the command left.
struct Outcome {
    let status: Int32
    let output: String
    let errors: String

    /// Status and both streams, for snapshots.
    var transcript: String {
        "status \(status)\n" + (output.isEmpty ? "" : "--- output\n\(output)")
            + (errors.isEmpty ? "" : "--- errors\n\(errors)")
    }
}

enum Ocellus {
    /// The command lies beside the tests' executable.
    static let path = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appendingPathComponent("ocellus").path

    /// Runs `ocellus` with `arguments` in `folder`. Its standard input is empty.
    static func run(_ arguments: [String], in folder: String? = nil) throws -> Outcome {
        try start(path, arguments, folder)
    }

    /// Runs `ocellus` with `arguments` and a file as standard input.
    static func run(_ arguments: [String], input: String, in folder: String) throws -> Outcome {
        try start(path, arguments, folder, input: FileHandle(forReadingAtPath: input))
    }

    /// Runs a line of shell, in which `$ocellus` is the command.
    static func shell(_ line: String, in folder: String) throws -> Outcome {
        try start("/bin/sh", ["-c", line], folder)
    }

    private static func start(
        _ program: String, _ arguments: [String], _ folder: String?, input: FileHandle? = nil
    ) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
        var environment = ProcessInfo.processInfo.environment
        environment["ocellus"] = path
        // Help texts are as wide as the terminal.
        environment["COLUMNS"] = nil
        process.environment = environment
        // Files instead of pipes: nothing can block however much is written.
        let streams = try TemporaryFolder()
        let files = ["output", "errors"].map { streams.path($0) }
        for file in files { _ = FileManager.default.createFile(atPath: file, contents: nil) }
        process.standardInput = input ?? FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: files[0])
        process.standardError = FileHandle(forWritingAtPath: files[1])
        try process.run()
        process.waitUntilExit()
        let texts = try files.map { String(decoding: try Data(contentsOf: URL(fileURLWithPath: $0)), as: UTF8.self) }
        return Outcome(status: process.terminationStatus, output: texts[0], errors: texts[1])
    }
}

/// A folder that goes with its owner.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "ocellus-command-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func path(_ name: String) -> String { path + "/" + name }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
    }

    func makeFolder(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: path(name), withIntermediateDirectories: true)
    }
}
