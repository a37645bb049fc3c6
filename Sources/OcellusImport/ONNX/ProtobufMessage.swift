// One message of protocol buffers, read with bounds checks. Format: protobuf.dev, "Encoding".
import OcellusTensor

struct ProtobufMessage {
    /// What stands behind a field's number.
    enum Value {
        case integer(UInt64)
        /// Where a text, a list or a message lies in the file.
        case bytes(Range<Int>)
    }

    let source: ByteSource
    let range: Range<Int>

    /// Calls `body` with every field in order; constants of 32 and 64 bits, which nothing here reads, are passed over.
    ///
    /// Throws `.invalidData` when the bytes are not fields, and what `body` throws.
    func forEach(_ body: (_ number: Int, _ value: Value) throws(OcellusError) -> Void) throws(OcellusError) {
        var position = range.lowerBound
        while position < range.upperBound {
            let key = try varint(&position)
            guard let number = Int(exactly: key >> 3), number > 0 else {
                throw source.failure("protocol buffer: expected a field number from 1 on, found \(key >> 3)")
            }
            switch key & 7 {
            case 0: try body(number, .integer(try varint(&position)))
            case 1: _ = try take(8, &position)
            case 2:
                let length = try varint(&position)
                try body(number, .bytes(try take(Int(exactly: length) ?? .max, &position)))
            case 5: _ = try take(4, &position)
            default:
                throw source.failure("protocol buffer: expected a field of type 0, 1, 2 or 5, found \(key & 7)")
            }
        }
    }

    func inner(_ range: Range<Int>) -> ProtobufMessage { ProtobufMessage(source: source, range: range) }

    /// The integers of a repeated field: one, or a packed list.
    func integers(_ value: Value) throws(OcellusError) -> [Int] {
        switch value {
        case .integer(let value): return [Int(truncatingIfNeeded: value)]
        case .bytes(let range):
            let list = inner(range)
            var values: [Int] = []
            var position = range.lowerBound
            while position < range.upperBound {
                values.append(Int(truncatingIfNeeded: try list.varint(&position)))
            }
            return values
        }
    }

    private func take(_ count: Int, _ position: inout Int) throws(OcellusError) -> Range<Int> {
        guard count <= range.upperBound - position else {
            throw source.failure(
                "protocol buffer: expected \(count) bytes at offset \(position), found \(range.upperBound - position); "
                    + "the file is truncated or damaged")
        }
        defer { position += count }
        return position..<position + count
    }

    private func varint(_ position: inout Int) throws(OcellusError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            let byte = source.bytes[try take(1, &position).lowerBound]
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw source.failure("protocol buffer: expected a number of at most ten bytes at offset \(position)")
    }
}
