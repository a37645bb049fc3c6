// One entry of a model file's table of contents.
import OcellusTensor

/// Where a tensor lies in a model file and what it is. The numbers themselves come from `ModelFile`.
public struct StoredTensor: Sendable {
    public let name: Name
    public let elementType: ElementType
    /// Sizes, outermost first; none for a single number.
    public let dimensions: [Int]
    /// Bytes of the file, counted from its beginning. Checked: inside the file, and as long as the sizes ask for.
    public let range: Range<Int>
}

extension Name {
    /// The name between quotes for an error message: control characters replaced, at most 100 bytes of it.
    package var quoted: String {
        let shown = bytes.prefix(100).map { $0 < 0x20 || $0 == 0x7F ? UInt8(ascii: "?") : $0 }
        return "'" + String(decoding: shown, as: UTF8.self) + (bytes.count > 100 ? "...'" : "'")
    }
}
