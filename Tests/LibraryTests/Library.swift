// The library as a user has it: `make install` into a folder of its own, once for all tests here. And what it takes
// to compile and run programs against it.
import Foundation

/// What a process left behind.
struct Outcome {
    let status: Int32
    let output: String
    let errors: String

    var text: String { output + errors }
}

struct Failure: Error, CustomStringConvertible {
    let description: String
}

enum Library {
    static let repository = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    static let programs = repository.appending(path: "Tests/LibraryTests/Programs")

    /// A folder for everything these tests write.
    static let work: URL = {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ocellus-library-\(getpid())")
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }()

    private static let installation = Result<URL, Error> {
        let prefix = work.appending(path: "prefix")
        let outcome = try run(["make", "-C", repository.path, "install", "PREFIX=\(prefix.path)"])
        guard outcome.status == 0 else { throw Failure(description: "make install: \(outcome.text)") }
        return prefix
    }

    /// The folder with include, lib and the rest.
    static var prefix: URL { get throws { try installation.get() } }
    static var shared: String { get throws { try prefix.appending(path: "lib/libocellus.so").path } }
    static var archive: String { get throws { try prefix.appending(path: "lib/libocellus.a").path } }
    static var header: String {
        get throws { try String(contentsOf: repository.appending(path: "include/ocellus.h"), encoding: .utf8) }
    }

    /// Runs a program found in PATH, with `environment` on top of ours, for ten minutes at most.
    ///
    /// Not Foundation's Process: its waitUntilExit hangs now and then when tests run side by side.
    static func run(
        _ command: [String], in folder: URL? = nil, _ environment: [String: String] = [:]
    ) throws -> Outcome {
        // Files, not pipes: nothing blocks however much is written.
        let files = [work.appending(path: "\(UUID()).txt").path, work.appending(path: "\(UUID()).txt").path]
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        for (number, file) in files.enumerated() {
            posix_spawn_file_actions_addopen(&actions, Int32(number + 1), file, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        }
        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }.map { "\($0)=\($1)" }
        let place = folder.map { ["env", "--chdir=\($0.path)"] } ?? []
        var arguments = (["timeout", "600"] + place + command).map { strdup($0) } + [nil]
        var settings = variables.map { strdup($0) } + [nil]
        defer { for text in arguments + settings { free(text) } }
        var child: pid_t = 0
        let error = posix_spawnp(&child, "timeout", &actions, nil, &arguments, &settings)
        guard error == 0 else { throw Failure(description: "\(command): \(String(cString: strerror(error)))") }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        let texts = try files.map { String(decoding: try Data(contentsOf: URL(filePath: $0)), as: UTF8.self) }
        for file in files { try FileManager.default.removeItem(atPath: file) }
        // As a shell says it: 128 and the signal's number for a process that a signal ended.
        let code = status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
        return Outcome(status: code, output: texts[0], errors: texts[1])
    }

    enum Linking { case shared, archive }

    /// Compiles one of the programs in Tests/LibraryTests/Programs, or any C file, and returns the executable's path.
    static func compile(_ source: URL, _ linking: Linking = .shared, flags: [String] = []) throws -> String {
        let name = source.deletingPathExtension().lastPathComponent
        let executable = work.appending(path: "\(name)-\(UUID())").path
        let library =
            switch linking {
            case .shared: ["-L\(try prefix.path)/lib", "-locellus", "-Wl,-rpath,\(try prefix.path)/lib"]
            case .archive: [try archive, "-lm"]
            }
        let warnings = ["-std=c11", "-g", "-Wall", "-Wextra", "-Werror"]
        let include = ["-I\(try prefix.path)/include"]
        let outcome = try run(
            ["gcc"] + warnings + flags + include + [source.path] + library + ["-pthread", "-o", executable])
        guard outcome.status == 0 else { throw Failure(description: "\(name).c: \(outcome.text)") }
        return executable
    }

    /// Writes `text` into a file of the work folder.
    static func file(_ name: String, _ text: String) throws -> URL {
        let url = work.appending(path: name)
        try text.write(to: url, atomically: true, encoding: .utf8)
        return url
    }
}
