// Which of a network's parameters an import filled, and which names did not fit: the difference between a pretrained
// network and one that only looks like it.
import OcellusNetwork

/// The outcome of mapping a file onto a network. Names of `unexpected` are the file's, all others the network's.
public struct KeyReport: Sendable, CustomStringConvertible {
    /// A parameter whose sizes in the file (our layout) are not those declared.
    public struct SizeFault: Sendable, Equatable {
        public let name: String
        public let expected: [Int]
        public let found: [Int]
    }

    public internal(set) var loaded: [String] = []
    /// Declared, not in the file.
    public internal(set) var missing: [String] = []
    /// In the file, not declared.
    public internal(set) var unexpected: [String] = []
    public internal(set) var missized: [SizeFault] = []

    /// Everything declared was loaded; the file may hold more.
    public var isComplete: Bool { missing.isEmpty && missized.isEmpty }

    /// The counts, then the names that did not fit, at most 20 of a kind.
    public var description: String {
        var lines = [
            "\(loaded.count) loaded, \(missing.count) missing, \(unexpected.count) unexpected, "
                + "\(missized.count) of another size"
        ]
        lines += KeyReport.list("missing", missing)
        lines += KeyReport.list("unexpected", unexpected)
        lines += KeyReport.list(
            "of another size",
            missized.map {
                "\($0.name): expected \(Parameter.text($0.expected)), found \(Parameter.text($0.found))"
            })
        return lines.joined(separator: "\n")
    }

    private static func list(_ title: String, _ names: [String]) -> [String] {
        guard !names.isEmpty else { return [] }
        // Nothing that moves a cursor, as in a sentence, but without the quotes.
        var lines = ["\(title):"] + names.prefix(20).map { "  " + String(quoted($0).dropFirst().dropLast()) }
        if names.count > 20 { lines.append("  and \(names.count - 20) more") }
        return lines
    }
}
