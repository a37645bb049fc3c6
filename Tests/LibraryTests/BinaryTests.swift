// What `make lib` puts into the files: the declared functions, two system libraries, and not many bytes.
import Foundation
import Testing

@Suite struct BinaryTests {
    private static func names(_ arguments: [String]) throws -> [String] {
        let outcome = try Library.run(["nm", "--format=posix", "--defined-only"] + arguments)
        #expect(outcome.status == 0, "\(outcome.errors)")
        return outcome.output.split(separator: "\n").filter { !$0.hasSuffix(":") }
            .compactMap { $0.split(separator: " ").first.map(String.init) }.sorted()
    }

    @Test("the shared library exports the declared functions and nothing else")
    func sharedSymbols() throws {
        #expect(try Self.names(["--dynamic", Library.shared]) == Header.functions())
    }

    @Test("the static library's only global symbols are the declared functions")
    func archiveSymbols() throws {
        #expect(try Self.names(["--extern-only", Library.archive]) == Header.functions())
    }

    @Test("the shared library needs libc and libm alone, and its name carries the major version")
    func needed() throws {
        let text = try Library.run(["readelf", "--dynamic", "--wide", Library.shared]).output
        let needed = text.matches(of: #/\(NEEDED\)\s+Shared library: \[([^\]]+)\]/#).map { String($0.1) }
        let allowed = ["libc.so.6", "libm.so.6"]
        #expect(needed.contains("libc.so.6"))
        #expect(needed.filter { !allowed.contains($0) } == [])
        #expect(text.contains("Library soname: [libocellus.so.0]"))
        #expect(text.contains("BIND_NOW"))
    }

    @Test("the shared library is smaller than 680 KB without its model, and than 1.5 MB with it")
    func size() throws {
        func size(_ path: String) throws -> Int {
            try #require(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
        }
        let whole = try size(URL(filePath: Library.shared).resolvingSymlinksInPath().path)
        let model = try size(Library.repository.appending(path: "Models/face/face.safetensors").path)
        #expect(whole > model && whole < model + 680 * 1024 && whole < 1_500_000)
    }

    @Test("no part of the library's memory is both writable and executable, the stack included")
    func segments() throws {
        let text = try Library.run(["readelf", "--segments", "--wide", Library.shared]).output
        #expect(text.contains("GNU_RELRO") && text.contains("GNU_STACK"))
        #expect(!text.contains("RWE"))
    }
}
