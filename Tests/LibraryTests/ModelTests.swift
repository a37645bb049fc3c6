// The C functions with a real detector. They need a model file: OCELLUS_TEST_MODEL names one; otherwise the shared
// RetinaFace weights (OCELLUS_SHARED, or `shared` beside the repository) are imported with the command just built.
import Foundation
import Testing

enum TestModel {
    private static let environment = ProcessInfo.processInfo.environment
    private static let given = environment["OCELLUS_TEST_MODEL"]
    private static let weights: String = {
        let shared = environment["OCELLUS_SHARED"] ?? Library.repository.path + "/../shared"
        return shared + "/models/retinaface_mobilenet0.25_300.pth"
    }()

    /// Whether there is a model to be had.
    static let isAvailable = given != nil || FileManager.default.fileExists(atPath: weights)

    private static let imported = Result<String, Error> {
        if let given { return given }
        let file = Library.work.appending(path: "face.safetensors").path
        let commands = ["debug", "release"].map { Library.repository.appending(path: ".build/\($0)/ocellus").path }
        guard let command = commands.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
            throw Failure(description: "no command at \(commands): swift build --product ocellus")
        }
        let outcome = try Library.run([command, "import", weights, "--out", file])
        guard outcome.status == 0 else { throw Failure(description: outcome.text) }
        return file
    }

    static var path: String { get throws { try imported.get() } }
}

@Suite(.enabled(if: TestModel.isAvailable, "no model file: set OCELLUS_TEST_MODEL")) struct ModelTests {
    private static let good = "no crash, no wrong status\n"

    @Test("pictures that cannot be are refused, and those that only just can are read exactly, under the sanitizer")
    func picturesUnderSanitizer() throws {
        let program = try Library.compile(
            Library.programs.appending(path: "hostile_pictures.c"), .archive,
            flags: ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"])
        let outcome = try Library.run([program, try TestModel.path])
        #expect(outcome.status == 0 && outcome.output == Self.good, "\(outcome.text)")
    }

    @Test("valgrind finds no wrong access and no lost memory in a detector's life")
    func picturesUnderValgrind() throws {
        let program = try Library.compile(Library.programs.appending(path: "hostile_pictures.c"))
        let watched = HostileTests.valgrind + ["--leak-check=full", program]
        let outcome = try Library.run(watched + [try TestModel.path, "briefly"])
        #expect(outcome.status == 0 && outcome.text == Self.good, "\(outcome.text.suffix(4000))")
    }

    @Test("two detectors in two threads give what each gives alone, and one detector serves one call at a time")
    func threads() throws {
        let program = try Library.compile(Library.programs.appending(path: "threads.c"))
        let outcome = try Library.run([program, try TestModel.path])
        #expect(outcome.status == 0 && outcome.output == "the same alone and together\n", "\(outcome.text)")
    }

    @Test("the C example and the Swift example say the same about a picture")
    func examplesAgree() throws {
        let picture = try Picture.blank().path
        let door = try Library.compile(Library.repository.appending(path: "examples/detect.c"))
        let c = try Library.run([door, try TestModel.path, picture])
        #expect(c.status == 0 && c.output != "" && c.errors == "")
        let package = Library.repository.appending(path: "examples/swift-detect").path
        let scratch = Library.repository.appending(path: ".build-example").path
        let swift = try Library.run([
            "swift", "run", "--package-path", package, "--scratch-path", scratch, "detect", try TestModel.path, picture,
        ])
        #expect(swift.status == 0 && swift.output == c.output, "\(swift.text)")
    }
}
