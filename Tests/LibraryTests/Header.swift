// What include/ocellus.h (or another of the headers) declares, read as text: independent of any compiler.
import Foundation

enum Header {
    /// The declarations that begin with OCELLUS_API, without it, on one line each, up to the semicolon.
    static func declarations(in header: String? = nil) throws -> [String] {
        let text = try (header ?? Library.header).replacing(#/(?s)/\*.*?\*//#, with: "")
        return text.matches(of: #/(?m)^OCELLUS_API\s+([^;]+);/#).map {
            $0.1.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
    }

    /// The functions' names, sorted.
    static func functions(in header: String? = nil) throws -> [String] {
        try declarations(in: header).compactMap { $0.firstMatch(of: #/(ocellus_\w+)\(/#).map { String($0.1) } }.sorted()
    }

    /// The program in the comment at the top.
    static func program() throws -> String {
        let lines = try Library.header.split(separator: "\n", omittingEmptySubsequences: false)
        let first = lines.firstIndex { $0 == " *     #include <ocellus.h>" }
        let last = lines.firstIndex { $0 == " *     }" }
        guard let first, let last, first < last else { throw Failure(description: "no program in ocellus.h") }
        return lines[first...last].map { $0.dropFirst(7) }.joined(separator: "\n") + "\n"
    }
}
