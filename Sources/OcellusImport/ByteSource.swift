// Bounded little-endian reads, and the budget that keeps a small hostile file from asking for much memory.
import OcellusNetwork
import OcellusTensor

/// A file's bytes. Every read is checked; positions may be anything.
struct ByteSource {
    let bytes: UnsafeBufferPointer<UInt8>
    /// The file's name for messages.
    let origin: String

    var count: Int { bytes.count }

    func failure(_ text: String) -> OcellusError { OcellusError(.invalidData, "\(origin): \(text)") }

    func unsupported(_ text: String) -> OcellusError { OcellusError(.unsupported, "\(origin): \(text)") }

    /// `count` bytes at `offset`; throws, naming `what`, when they are not all inside the file.
    func range(_ offset: Int, _ count: Int, _ what: String) throws(OcellusError) -> Range<Int> {
        guard offset >= 0, count >= 0, offset <= bytes.count, count <= bytes.count - offset else {
            throw failure(
                "\(what): expected \(count) bytes at offset \(offset), found a file of \(bytes.count) bytes; "
                    + "it is truncated or damaged")
        }
        return offset..<offset + count
    }

    func integer<Integer: FixedWidthInteger & BitwiseCopyable>(
        _ offset: Int, _ type: Integer.Type, _ what: String
    ) throws(OcellusError) -> Integer {
        _ = try range(offset, MemoryLayout<Integer>.size, what)
        return Integer(littleEndian: UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: offset, as: type))
    }

    func view(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(rebasing: bytes[range]) }

    func array(_ range: Range<Int>) -> [UInt8] { Array(bytes[range]) }

    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}

/// Numbers that may still be made out of a file. Several tensors may share the same stored bytes, so the file's size
/// alone bounds nothing.
struct ImportBudget {
    private var left: Int
    private let origin: String

    /// Four numbers a byte of the file, and a little more for small files.
    init(_ source: ByteSource) {
        left = source.count * 4 + 65536
        origin = source.origin
    }

    mutating func spend(_ count: Int, _ what: @autoclosure () -> String) throws(OcellusError) {
        guard count >= 0, count <= left else {
            throw OcellusError(
                .invalidData,
                "\(origin): \(what()): expected at most \(left) more numbers out of a file of this size, found \(count)"
            )
        }
        left -= count
    }
}

/// A foreign name between quotes for a message, without control characters and not longer than 100 bytes.
func quoted(_ text: String) -> String { Name(text).quoted }
