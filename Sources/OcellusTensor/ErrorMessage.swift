// Text put together for an error. Not `String` interpolation: in Embedded Swift that is expanded at every place it
// stands, two to four kilobytes each, and the checks of the library are many. Here each part is one call.

/// A sentence from literals and values: `"\(width) pixels: must be 1 to \(limit)"`.
public struct ErrorMessage: ExpressibleByStringInterpolation, Sendable {
    fileprivate var bytes: [UInt8]

    @inline(never)
    public init(stringLiteral text: StaticString) {
        bytes = []
        append(text)
    }

    @inline(never)
    public init(stringInterpolation parts: StringInterpolation) { bytes = parts.message.bytes }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    @inline(never)
    public static func + (first: ErrorMessage, second: ErrorMessage) -> ErrorMessage {
        ErrorMessage(bytes: first.bytes + second.bytes)
    }

    @inline(never)
    public static func + (first: ErrorMessage, second: String) -> ErrorMessage {
        ErrorMessage(bytes: first.bytes + Array(second.utf8))
    }

    @inline(never)
    fileprivate mutating func append(_ text: StaticString) {
        // A literal of one character may be kept without a pointer.
        if text.hasPointerRepresentation {
            bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        } else {
            bytes.append(contentsOf: Array(String(text.unicodeScalar).utf8))
        }
    }

    /// The sentence as a string: interpolation that costs little code, for other texts than errors, too.
    public static func text(_ message: ErrorMessage) -> String { message.text }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    public struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var message = ErrorMessage(bytes: [])

        public init(literalCapacity: Int, interpolationCount: Int) {}

        public mutating func appendLiteral(_ text: StaticString) { message.append(text) }

        @inline(never)
        public mutating func appendInterpolation(_ text: String) { message.bytes.append(contentsOf: Array(text.utf8)) }

        @inline(never)
        public mutating func appendInterpolation(_ name: Name) { message.bytes.append(contentsOf: name.bytes) }

        @inline(never)
        public mutating func appendInterpolation(_ number: Int) {
            if number < 0 { message.bytes.append(UInt8(ascii: "-")) }
            var digits: [UInt8] = []
            var rest = number.magnitude
            repeat {
                digits.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
                rest /= 10
            } while rest > 0
            message.bytes.append(contentsOf: digits.reversed())
        }

        public mutating func appendInterpolation(_ number: some FixedWidthInteger) {
            appendInterpolation(Int(truncatingIfNeeded: number))
        }

        @inline(never)
        public mutating func appendInterpolation(_ number: Float) { appendInterpolation(number.description) }

        @inline(never)
        public mutating func appendInterpolation(_ number: Double) { appendInterpolation(number.description) }

        @_disfavoredOverload
        public mutating func appendInterpolation(_ value: some CustomStringConvertible) {
            appendInterpolation(value.description)
        }
    }
}

extension OcellusError {
    /// An error with a sentence that is put together here.
    @inline(never)
    public init(_ code: Code, _ message: ErrorMessage) {
        self.init(code: code, text: message.text)
    }
}
