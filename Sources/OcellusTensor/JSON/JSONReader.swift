// JSON from its first byte to its last, value by value: what a caller does not ask for is stepped over, and no tree is made.
// Headers of model files and lists of labels. Works on bytes, trusts none of them; syntax is RFC 8259.
import CSystem

/// Stands before a value and reads it. A copy made there reads the same value again. The bytes must outlive it.
package struct JSONReader {
    /// Values inside a value that is skipped; deeper than this is refused, so hostile input cannot use up the stack.
    package static let depthLimit = 16

    let bytes: UnsafeBufferPointer<UInt8>
    /// What messages begin with, such as a file and what of it.
    let place: String
    private(set) var position = 0

    package init(bytes: UnsafeBufferPointer<UInt8>, place: String) {
        self.bytes = bytes
        self.place = place
    }

    package func failure(expected: String) -> OcellusError {
        let found = position < bytes.count ? "byte \(bytes[position])" : "the end"
        return OcellusError(.invalidData, "\(place), byte \(position): expected \(expected), found \(found)")
    }

    /// The next byte that is not white space, not consumed; nil at the end.
    package mutating func peek() -> UInt8? {
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
    package mutating func object(
        _ member: (inout JSONReader, [UInt8]) throws(OcellusError) -> Void
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

    /// Calls `element` before each value of an array, which `element` must consume.
    package mutating func array(_ element: (inout JSONReader) throws(OcellusError) -> Void) throws(OcellusError) {
        try take(UInt8(ascii: "["), "'['")
        if peek() != UInt8(ascii: "]") {
            while true {
                try element(&self)
                guard peek() == UInt8(ascii: ",") else { break }
                position += 1
            }
        }
        try take(UInt8(ascii: "]"), "',' or ']'")
    }

    /// An array of at most `limit` whole numbers that are not negative.
    package mutating func integers(limit: Int) throws(OcellusError) -> [Int] {
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

    package mutating func integer() throws(OcellusError) -> Int {
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
    package mutating func skipValue(depth: Int = 0) throws(OcellusError) {
        guard depth < JSONReader.depthLimit else {
            throw failure(expected: "at most \(JSONReader.depthLimit) values inside one another")
        }
        switch peek() {
        case UInt8(ascii: "\""):
            _ = try string()
        case UInt8(ascii: "{"):
            try object { (reader, _) throws(OcellusError) in try reader.skipValue(depth: depth + 1) }
        case UInt8(ascii: "["):
            try array { (reader) throws(OcellusError) in try reader.skipValue(depth: depth + 1) }
        default:
            // A number or a word: what it says does not matter, only where it ends.
            let start = position
            while position < bytes.count, isScalar(bytes[position]) { position += 1 }
            guard position > start else { throw failure(expected: "a value") }
        }
    }

    /// A number, or nil, and nothing is consumed, where another kind of value stands.
    ///
    /// Throws `.invalidData` for what begins as a number and is none.
    package mutating func number() throws(OcellusError) -> Double? {
        guard let first = peek(), isDigit(first) || first == UInt8(ascii: "-") else { return nil }
        let start = position
        var value = 0.0
        while position < bytes.count, isScalar(bytes[position]) { position += 1 }
        let text = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[start..<position])
        guard ocs_parse_double(text.baseAddress, text.count, &value) == text.count else {
            position = start
            throw failure(expected: "a number")
        }
        return value
    }

    /// The bytes from where `start`, an earlier copy, stood to here.
    package func text(since start: JSONReader) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes[min(start.position, position)..<position])
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
