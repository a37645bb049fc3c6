// libocellus_training as a user has it: `make install-training` beside libocellus, once for all tests of it.
import Foundation
import OcellusModels
import TestSupport

enum TrainingLibrary {
    private static let installation = Result<URL, Error> {
        // `install` has been made already: made again it would replace files that other tests are using.
        let prefix = try Library.prefix
        let outcome = try Library.run([
            "make", "-C", Library.repository.path, "-o", "install", "install-training", "PREFIX=\(prefix.path)",
        ])
        guard outcome.status == 0 else { throw Failure(description: "make install-training: \(outcome.text)") }
        return prefix
    }

    /// The folder with include, lib and the rest.
    static var prefix: URL { get throws { try installation.get() } }
    static var shared: String { get throws { try prefix.appending(path: "lib/libocellus_training.so").path } }
    static var header: String {
        get throws {
            try String(contentsOf: Library.repository.appending(path: "include/ocellus_training.h"), encoding: .utf8)
        }
    }

    /// Compiles a C file against it and returns the executable's path.
    static func compile(_ source: URL, libraries: [String] = ["ocellus_training"], flags: [String] = []) throws
        -> String
    {
        let name = source.deletingPathExtension().lastPathComponent
        let executable = Library.work.appending(path: "\(name)-\(UUID())").path
        let prefix = try prefix.path
        let warnings = ["-std=c11", "-D_DEFAULT_SOURCE", "-g", "-Wall", "-Wextra", "-Werror"]
        let outcome = try Library.run(
            ["gcc"] + warnings + flags + [
                "-I\(prefix)/include", source.path, "-L\(prefix)/lib", "-Wl,-rpath,\(prefix)/lib",
            ]
                + libraries.map { "-l\($0)" } + ["-lm", "-o", executable])
        guard outcome.status == 0 else { throw Failure(description: "\(name).c: \(outcome.text)") }
        return executable
    }

    /// A new folder for what a test writes.
    static func folder(_ name: String) throws -> String {
        let folder = Library.work.appending(path: "\(name)-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder.path
    }

    /// A small model that has learned nothing.
    static func model(_ architecture: Architecture) throws -> String {
        let path = Library.work.appending(path: "small-\(UUID()).safetensors").path
        try Model.smallRandom(architecture, seed: 3).write(to: path)
        return path
    }
}
