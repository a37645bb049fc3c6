// JSON as a safetensors header needs it: objects, strings and whole numbers are read, everything else is skipped.
// Not a general JSON library. Works on bytes, trusts none of them; syntax is RFC 8259.
import OcellusTensor

struct HeaderReader {
    /// Values inside a value that is skipped; deeper than this is refused, so hostile input cannot use up the stack.
    static let depthLimit = 16

    let bytes: UnsafeBufferPointer<UInt8>
    /// The file's name for messages.
    let origin: String
    private(set) var position = 0

    init(bytes: UnsafeBufferPointer<UInt8>, origin: String) {
        self.bytes = bytes
        self.origin = origin
    }

    func failure(expected: String) -> OcellusError {
        let found = position < bytes.count ? "byte \(bytes[position])" : "the end"
        return OcellusError(
            .invalidData, "\(origin): header, byte \(position): expected \(expected), found \(found)")
    }

    /// The next byte that is not white space, not consumed; nil at the end.
    mutating func peek() -> UInt8? {
        while position < bytes.count {
            let byte = bytes[position]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            position += 1
        }
        return nil
    }

    mutating func take(_ byte: UInt8, _ meaning: String) throws(OcellusError) {
        guard peek() == byte else { throw failure(expected: meaning) }
        position += 1
    }

    /// Calls `member` with each key, the reader standing before its value, which `member` must consume.
    mutating func object(
        _ member: (inout HeaderReader, [UInt8]) throws(OcellusError) -> Void
    ) throws(OcellusError) {
        try take(UInt8(ascii: "{"), "'{'")
        if peek() == UInt8(ascii: "}") {
            position += 1
            return
        }
        while true {
            let key = try string()
            try take(UInt8(ascii: ":"), "':'")
            try member(&self, key)
            guard peek() == UInt8(ascii: ",") else { break }
            position += 1
        }
        try take(UInt8(ascii: "}"), "',' or '}'")
    }

    /// An array of at most `limit` whole numbers that are not negative.
    mutating func integers(limit: Int) throws(OcellusError) -> [Int] {
        try take(UInt8(ascii: "["), "'['")
        var values: [Int] = []
        if peek() != UInt8(ascii: "]") {
            while true {
                guard values.count < limit else { throw failure(expected: "at most \(limit) numbers") }
                values.append(try integer())
                guard peek() == UInt8(ascii: ",") else { break }
                position += 1
            }
        }
        try take(UInt8(ascii: "]"), "',' or ']'")
        return values
    }

    mutating func integer() throws(OcellusError) -> Int {
        guard let first = peek(), isDigit(first) else { throw failure(expected: "a whole number, not negative") }
        let start = position
        var value = 0
        while position < bytes.count, isDigit(bytes[position]) {
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(Int(bytes[position] - UInt8(ascii: "0")))
            guard !overflow, !carry else { throw failure(expected: "a number below 2^63") }
            value = sum
            position += 1
        }
        guard first != UInt8(ascii: "0") || position == start + 1 else {
            throw failure(expected: "a number without leading zeros")
        }
        return value
    }

    /// Steps over one value of any kind.
    mutating func skipValue(depth: Int = 0) throws(OcellusError) {
        guard depth < HeaderReader.depthLimit else {
            throw failure(expected: "at most \(HeaderReader.depthLimit) values inside one another")
        }
        switch peek() {
        case UInt8(ascii: "\""):
            _ = try string()
        case UInt8(ascii: "{"):
            try object { (reader, _) throws(OcellusError) in try reader.skipValue(depth: depth + 1) }
        case UInt8(ascii: "["):
            position += 1
            if peek() != UInt8(ascii: "]") {
                while true {
                    try skipValue(depth: depth + 1)
                    guard peek() == UInt8(ascii: ",") else { break }
                    position += 1
                }
            }
            try take(UInt8(ascii: "]"), "',' or ']'")
        default:
            // A number or a word: what it says does not matter, only where it ends.
            let start = position
            while position < bytes.count, isScalar(bytes[position]) { position += 1 }
            guard position > start else { throw failure(expected: "a value") }
        }
    }

    func byte(at offset: Int) -> UInt8? { offset < bytes.count ? bytes[offset] : nil }

    mutating func advance(by count: Int) { position += count }

    private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    private func isScalar(_ byte: UInt8) -> Bool {
        isDigit(byte) || (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z"))
            || byte == UInt8(ascii: "E") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
            || byte == UInt8(ascii: ".")
    }
}
