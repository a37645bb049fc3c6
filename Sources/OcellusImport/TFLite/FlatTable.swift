// One table of a flatbuffer, read with bounds checks. Not a verifier that runs first: every access checks for itself.
// Layout: flatbuffers.dev, "FlatBuffer internals".
import OcellusTensor

struct FlatTable {
    let source: ByteSource
    private let position: Int
    private let fieldTable: Range<Int>

    private static let what = "flatbuffer"

    /// The root table of a buffer.
    init(root source: ByteSource) throws(OcellusError) {
        try self.init(source, at: Int(try source.integer(0, UInt32.self, FlatTable.what)))
    }

    private init(_ source: ByteSource, at position: Int) throws(OcellusError) {
        self.source = source
        self.position = position
        let back = Int(try source.integer(position, Int32.self, FlatTable.what))
        let size = Int(try source.integer(position - back, UInt16.self, FlatTable.what))
        guard size >= 4 else {
            throw source.failure("flatbuffer: expected a field table of 4 bytes or more, found \(size)")
        }
        fieldTable = try source.range(position - back, size, FlatTable.what)
    }

    /// Where a field's value stands; nil when it is absent and has its default.
    private func field(_ number: Int) throws(OcellusError) -> Int? {
        let entry = fieldTable.lowerBound + 4 + 2 * number
        guard entry + 2 <= fieldTable.upperBound else { return nil }
        let offset = Int(try source.integer(entry, UInt16.self, FlatTable.what))
        return offset == 0 ? nil : position + offset
    }

    func integer<Integer: FixedWidthInteger & BitwiseCopyable>(
        _ number: Int, default value: Integer
    ) throws(OcellusError) -> Integer {
        guard let field = try field(number) else { return value }
        return try source.integer(field, Integer.self, FlatTable.what)
    }

    func table(_ number: Int) throws(OcellusError) -> FlatTable? {
        guard let field = try field(number) else { return nil }
        return try FlatTable(source, at: try target(field))
    }

    /// The bytes of a vector whose elements are `size` bytes; an absent vector is empty.
    func vector(_ number: Int, elementSize size: Int) throws(OcellusError) -> Range<Int> {
        guard let field = try field(number) else { return 0..<0 }
        let start = try target(field)
        let count = Int(try source.integer(start, UInt32.self, FlatTable.what))
        return try source.range(start + 4, count * size, FlatTable.what)
    }

    func numbers<Number: FixedWidthInteger & BitwiseCopyable>(
        _ number: Int, _ type: Number.Type, limit: Int
    ) throws(OcellusError) -> [Number] {
        let size = MemoryLayout<Number>.size
        let range = try vector(number, elementSize: size)
        guard range.count / size <= limit else {
            throw source.failure("flatbuffer: expected a list of at most \(limit) numbers, found \(range.count / size)")
        }
        var values: [Number] = []
        for offset in stride(from: range.lowerBound, to: range.upperBound, by: size) {
            values.append(try source.integer(offset, type, FlatTable.what))
        }
        return values
    }

    func tables(_ number: Int, limit: Int) throws(OcellusError) -> [FlatTable] {
        let range = try vector(number, elementSize: 4)
        guard range.count / 4 <= limit else {
            throw source.failure("flatbuffer: expected a list of at most \(limit) tables, found \(range.count / 4)")
        }
        var tables: [FlatTable] = []
        for offset in stride(from: range.lowerBound, to: range.upperBound, by: 4) {
            tables.append(try FlatTable(source, at: try target(offset)))
        }
        return tables
    }

    /// A text of at most `limit` bytes; empty when absent.
    func text(_ number: Int, limit: Int = 512) throws(OcellusError) -> String {
        let range = try vector(number, elementSize: 1)
        guard range.count <= limit else {
            throw source.failure("flatbuffer: expected a name of at most \(limit) bytes, found \(range.count)")
        }
        return source.text(range)
    }

    /// Follows the relative offset that stands at `field`.
    private func target(_ field: Int) throws(OcellusError) -> Int {
        field + Int(try source.integer(field, UInt32.self, FlatTable.what))
    }
}
