// One line of JSON with its fields in the order given. Foundation's encoder neither keeps an order nor rounds.
import Foundation

/// A JSON value that knows how to write itself.
enum JSONValue {
    case text(String)
    /// Written with at most this many digits behind the point; a number that is not finite becomes null.
    case number(Double, digits: Int)
    case integer(Int)
    case boolean(Bool)
    case list([JSONValue])
    case object([(String, JSONValue)])

    static func number(_ value: Float, digits: Int) -> JSONValue { .number(Double(value), digits: digits) }

    var line: String {
        switch self {
        case .text(let text): return JSONValue.quoted(text)
        case .integer(let value): return String(value)
        case .boolean(let value): return String(value)
        case .number(let value, let digits): return JSONValue.decimal(value, digits)
        case .list(let values): return "[" + values.map(\.line).joined(separator: ",") + "]"
        case .object(let fields):
            return "{" + fields.map { JSONValue.quoted($0) + ":" + $1.line }.joined(separator: ",") + "}"
        }
    }

    /// Trailing zeros are dropped: 0.5, 12, 0.031.
    private static func decimal(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite else { return "null" }
        var text = String(format: "%.\(digits)f", value)
        guard digits > 0 else { return text }
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text == "-0" ? "0" : text
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20: result += String(format: "\\u%04x", scalar.value)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
