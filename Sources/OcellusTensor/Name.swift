// A parameter's or a node's name. Not `String`: comparing and hashing strings pulls Unicode tables into the
// Embedded library; names are bytes and compare as bytes.

/// A dotted name such as `body.stage1.0.0.weight`, compared byte by byte.
public struct Name: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    public let bytes: [UInt8]

    public init(bytes: [UInt8]) { self.bytes = bytes }

    public init(_ text: String) { bytes = Array(text.utf8) }

    public init(stringLiteral text: String) { bytes = Array(text.utf8) }

    public var description: String { String(decoding: bytes, as: UTF8.self) }

    /// `self` and `part` joined by a dot; `part` alone when `self` is empty.
    public func appending(_ part: Name) -> Name {
        if bytes.isEmpty { return part }
        if part.bytes.isEmpty { return self }
        return Name(bytes: bytes + [UInt8(ascii: ".")] + part.bytes)
    }

    public func hasPrefix(_ prefix: Name) -> Bool { bytes.starts(with: prefix.bytes) }
}
