// Wrong arguments and wrong files through the C functions: a status and a sentence each time, watched by the address
// sanitizer (the archive) and by valgrind (the shared library).
import Foundation
import Testing

@Suite struct HostileTests {
    private static let good = "no crash, no wrong status\n"
    static let valgrind = ["valgrind", "--quiet", "--error-exitcode=99"]

    /// A folder of files that are no models, and one that is no file.
    static func files() throws -> String {
        let folder = Library.work.appending(path: "no-models-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        func stored(_ header: String, length: UInt64? = nil) -> Data {
            let size = length ?? UInt64(header.utf8.count)
            return Data((0..<8).map { UInt8(truncatingIfNeeded: size >> (8 * UInt64($0))) }) + Data(header.utf8)
        }
        let contents: [String: Data] = [
            "empty": Data(), "text": Data("This is not a model, it is a text of some length.".utf8),
            "zeros": Data(repeating: 0, count: 1000), "huge-header": stored("{}", length: .max - 7),
            "truncated": stored("{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}") + Data(count: 15),
            "nesting": stored(String(repeating: "[", count: 100_000)), "no-tensors": stored("{}"),
        ]
        for (name, bytes) in contents { try bytes.write(to: folder.appending(path: name)) }
        #expect(mkfifo(folder.appending(path: "fifo").path, 0o600) == 0)
        return folder.path
    }

    @Test("wrong arguments are refused without a crash, under the address sanitizer")
    func argumentsUnderSanitizer() throws {
        let program = try Library.compile(
            Library.programs.appending(path: "hostile_arguments.c"), .archive,
            flags: ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"])
        let outcome = try Library.run([program, try Self.files()], ["ASAN_OPTIONS": "detect_leaks=0"])
        #expect(outcome.status == 0 && outcome.output == Self.good, "\(outcome.text)")
    }

    @Test("wrong arguments are refused without a wrong access to memory, under valgrind")
    func argumentsUnderValgrind() throws {
        let program = try Library.compile(Library.programs.appending(path: "hostile_arguments.c"))
        let outcome = try Library.run(Self.valgrind + [program, try Self.files()])
        #expect(outcome.status == 0 && outcome.text == Self.good, "\(outcome.text)")
    }

    @Test("wrong arguments for cameras and devices that are none are refused, under the address sanitizer")
    func camerasUnderSanitizer() throws {
        let program = try Library.compile(
            Library.programs.appending(path: "hostile_camera.c"), .archive,
            flags: ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"])
        let outcome = try Library.run([program], ["ASAN_OPTIONS": "detect_leaks=0"])
        #expect(outcome.status == 0 && outcome.output == Self.good, "\(outcome.text)")
    }

    @Test("a camera that was refused leaves no memory and no descriptor behind")
    func camerasLoseNothing() throws {
        let program = try Library.compile(Library.programs.appending(path: "hostile_camera.c"))
        let outcome = try Library.run(Self.valgrind + ["--leak-check=full", "--track-fds=yes", program])
        #expect(outcome.status == 0 && outcome.output == Self.good, "\(outcome.text.suffix(4000))")
    }

    @Test("a refused creation leaves no memory behind")
    func nothingIsLost() throws {
        let program = try Library.compile(Library.programs.appending(path: "hostile_arguments.c"))
        let outcome = try Library.run(Self.valgrind + ["--leak-check=full", program, try Self.files()])
        #expect(outcome.status == 0 && outcome.text == Self.good, "\(outcome.text.suffix(4000))")
    }
}
