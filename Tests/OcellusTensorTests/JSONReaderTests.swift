// JSON value by value, against Foundation's reader, and damaged in every way.
import Foundation
import OcellusTensor
import Testing

struct JSONReaderTests {
    private static func read<Result>(
        _ text: String, _ body: (inout JSONReader) throws(OcellusError) -> Result
    ) throws(OcellusError) -> Result {
        let bytes = Array(text.utf8)
        return try bytes.withUnsafeBufferPointer { (bytes) throws(OcellusError) in
            var reader = JSONReader(bytes: bytes, place: "text")
            return try body(&reader)
        }
    }

    @Test(
        "numbers are Foundation's",
        arguments: ["0", "-1", "12.5", "1e3", "-2.5E-3", "123456789012345678", "0.1", "1E+2", "3.4028235e38"])
    func numbers(_ text: String) throws {
        let expected = try #require(
            JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed) as? NSNumber)
        #expect(
            try JSONReaderTests.read(text) { (reader) throws(OcellusError) in try reader.number() }
                == expected.doubleValue)
    }

    @Test(
        "another kind of value is no number and is left there", arguments: ["\"5\"", "true", "null", "[5]", "{}", ""])
    func otherKinds(_ text: String) throws {
        try JSONReaderTests.read(text) { (reader) throws(OcellusError) in
            #expect(try reader.number() == nil)
            if !text.isEmpty { try reader.skipValue() }
            #expect(reader.peek() == nil)
        }
    }

    @Test(
        "what begins as a number and is none is an error that names its byte",
        arguments: ["-", "1x", "1.2.3", "--1", "1e"])
    func noNumbers(_ text: String) {
        do throws(OcellusError) {
            _ = try JSONReaderTests.read("  " + text) { (reader) throws(OcellusError) in try reader.number() }
            Issue.record("\(text) was read")
        } catch {
            #expect(error.message.hasPrefix("text, byte 2: expected a number"))
        }
    }

    @Test("an earlier copy reads a value again, and the text between is that of the value")
    func again() throws {
        try JSONReaderTests.read("[1, {\"a\": [2, \"x]\"]}, 3]") { (reader) throws(OcellusError) in
            var found: [String] = []
            try reader.array { (reader) throws(OcellusError) in
                _ = reader.peek()
                var start = reader
                try reader.skipValue()
                found.append(String(decoding: reader.text(since: start), as: UTF8.self))
                try start.skipValue()
                #expect(start.text(since: start).isEmpty && reader.text(since: start).isEmpty)
            }
            #expect(found == ["1", "{\"a\": [2, \"x]\"]}", "3"])
            #expect(reader.peek() == nil)
        }
    }

    @Test("values inside one another without end are refused, not followed")
    func depth() {
        let text = String(repeating: "[", count: 100_000)
        #expect(throws: OcellusError.self) {
            try JSONReaderTests.read(text) { (reader) throws(OcellusError) in try reader.skipValue() }
        }
    }
}
