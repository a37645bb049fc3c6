// The Swift functions and the header agree because the compiler compares them: `@c @implementation` refuses a function
// that the header does not declare in just this way. These tests make sure that it is used, and that it does refuse.
import Foundation
import Testing

@Suite struct AgreementTests {
    private static let folder = Library.repository.appending(path: "Sources/OcellusC").resolvingSymlinksInPath()

    private static func sources() throws -> [URL] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "swift" }
    }

    @Test("every declared function is implemented under the compiler's comparison, and nothing else is exported")
    func everyFunctionIsCompared() throws {
        let text = try Self.sources().map { try String(contentsOf: $0, encoding: .utf8) }.joined(separator: "\n")
        let compared = text.matches(of: #/@c @implementation\s+public func (\w+)/#).map { String($0.1) }.sorted()
        #expect(try compared == Header.functions())
        #expect(text.matches(of: #/@_?c\b|@_cdecl/#).count == compared.count)
    }

    /// Type-checks OcellusC against a header after `change`, with the modules that `make lib` built.
    private static func compiles(_ change: (String) -> String) throws -> Outcome {
        _ = try Library.prefix
        let include = Library.work.appending(path: "include-\(UUID())")
        try FileManager.default.createDirectory(at: include, withIntermediateDirectories: true)
        try change(try Library.header).write(
            to: include.appending(path: "ocellus.h"), atomically: true, encoding: .utf8)
        try FileManager.default.copyItem(
            at: Library.repository.appending(path: "include/module.modulemap"),
            to: include.appending(path: "module.modulemap"))
        let release = Library.repository.appending(path: ".build-embedded/release").path
        let maps = ["CSystem", "CKernels", "CCamera", "CFaceModel"].flatMap {
            ["-Xcc", "-fmodule-map-file=\(release)/\($0).build/module.modulemap"]
        }
        let mode = ["-typecheck", "-wmo", "-parse-as-library", "-enable-experimental-feature", "Embedded"]
        let modules = ["-module-name", "OcellusC", "-I", "\(release)/Modules", "-I", include.path] + maps
        return try Library.run(["swiftc"] + mode + modules + (try sources()).map(\.path))
    }

    @Test("the functions compile against the header as it is")
    func headerIsAccepted() throws {
        let outcome = try Self.compiles { $0 }
        #expect(outcome.status == 0, "\(outcome.text)")
    }

    @Test(
        "a header that differs is refused",
        arguments: [
            ("size_t capacity, size_t *count", "uint32_t capacity, size_t *count"),
            ("OCELLUS_API int32_t ocellus_detector_label_count", "OCELLUS_API int64_t ocellus_detector_label_count"),
            ("OCELLUS_API const char *ocellus_version", "OCELLUS_API const char *ocellus_edition"),
        ])
    func differenceIsRefused(text: String, replacement: String) throws {
        #expect(try Library.header.contains(text))
        let outcome = try Self.compiles { $0.replacingOccurrences(of: text, with: replacement) }
        #expect(outcome.status != 0)
        #expect(outcome.text.contains("declared by the header") || outcome.text.contains("could not find imported"))
    }
}
