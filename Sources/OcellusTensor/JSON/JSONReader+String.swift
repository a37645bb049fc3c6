// JSON strings: escapes, surrogate pairs, and the check that the result is UTF-8.

extension JSONReader {
    /// A string's bytes as UTF-8, escapes resolved.
    ///
    /// Throws `.invalidData` for control characters, unknown escapes, lone surrogates and bytes that are not UTF-8.
    package mutating func string() throws(OcellusError) -> [UInt8] {
        try take(UInt8(ascii: "\""), "'\"'")
        var text: [UInt8] = []
        while let byte = byte(at: position) {
            switch byte {
            case UInt8(ascii: "\""):
                guard isUTF8(text) else { throw failure(expected: "a string in UTF-8 before this") }
                advance(by: 1)
                return text
            case UInt8(ascii: "\\"):
                advance(by: 1)
                try escape(into: &text)
            case 0..<0x20:
                throw failure(expected: "no control character in a string")
            default:
                text.append(byte)
                advance(by: 1)
            }
        }
        throw failure(expected: "'\"'")
    }

    private mutating func escape(into text: inout [UInt8]) throws(OcellusError) {
        guard let byte = byte(at: position) else { throw failure(expected: "an escape") }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            advance(by: 1)
            appendUTF8(try scalar(), to: &text)
            return
        default:
            throw failure(expected: "one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u")
        }
        advance(by: 1)
    }

    /// The code point of `\uXXXX`, or of a high and a low surrogate written as two of them.
    private mutating func scalar() throws(OcellusError) -> UInt32 {
        let first = try fourDigits()
        guard first >= 0xD800, first <= 0xDFFF else { return first }
        guard first < 0xDC00, byte(at: position) == UInt8(ascii: "\\"), byte(at: position + 1) == UInt8(ascii: "u")
        else { throw failure(expected: "a high surrogate followed by a low one") }
        advance(by: 2)
        let second = try fourDigits()
        guard second >= 0xDC00, second <= 0xDFFF else { throw failure(expected: "a low surrogate before this") }
        return 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
    }

    private mutating func fourDigits() throws(OcellusError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = byte(at: position) else { throw failure(expected: "four hexadecimal digits") }
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(byte - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt32(byte - UInt8(ascii: "A") + 10)
            default: throw failure(expected: "four hexadecimal digits")
            }
            advance(by: 1)
        }
        return value
    }

    private func appendUTF8(_ scalar: UInt32, to text: inout [UInt8]) {
        func tail(_ shift: UInt32) -> UInt8 { 0x80 | UInt8(scalar >> shift & 0x3F) }
        switch scalar {
        case 0..<0x80: text.append(UInt8(scalar))
        case 0x80..<0x800: text += [0xC0 | UInt8(scalar >> 6), tail(0)]
        case 0x800..<0x10000: text += [0xE0 | UInt8(scalar >> 12), tail(6), tail(0)]
        default: text += [0xF0 | UInt8(scalar >> 18), tail(12), tail(6), tail(0)]
        }
    }
}

/// Well-formed UTF-8: no overlong form, no surrogate, nothing above U+10FFFF (Unicode, table 3-7).
package func isUTF8(_ bytes: [UInt8]) -> Bool {
    var index = 0
    while index < bytes.count {
        let lead = bytes[index]
        index += 1
        if lead < 0x80 { continue }
        let tails: Int
        var low: UInt8 = 0x80
        var high: UInt8 = 0xBF
        switch lead {
        case 0xC2...0xDF: tails = 1
        case 0xE0...0xEF:
            tails = 2
            if lead == 0xE0 { low = 0xA0 }
            if lead == 0xED { high = 0x9F }
        case 0xF0...0xF4:
            tails = 3
            if lead == 0xF0 { low = 0x90 }
            if lead == 0xF4 { high = 0x8F }
        default: return false
        }
        for _ in 0..<tails {
            guard index < bytes.count, bytes[index] >= low, bytes[index] <= high else { return false }
            (low, high) = (0x80, 0xBF)
            index += 1
        }
    }
    return true
}
