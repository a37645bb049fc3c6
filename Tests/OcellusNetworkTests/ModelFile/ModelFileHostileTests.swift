// Model files that lie: every one must be an error that says where, none may trap.
import OcellusNetwork
import OcellusTensor
import Testing

@Suite("Hostile model files") struct ModelFileHostileTests {
    private func message(_ header: String, _ data: [UInt8] = []) -> String {
        do throws(OcellusError) {
            _ = try modelFile(modelBytes(header, data))
            return "read without an error"
        } catch { return error.message }
    }

    private func tensor(_ shape: String, _ offsets: String, _ code: String = "U8", name: String = "x") -> String {
        #""\#(name)":{"dtype":"\#(code)","shape":\#(shape),"data_offsets":\#(offsets)}"#
    }

    @Test(
        "sizes, offsets and number types that do not fit are named",
        arguments: [
            ("[2]", "[0,1]", "U8", "expected 2 bytes for U8 [2], found 1"),
            ("[1]", "[0,2]", "U8", "expected 1 bytes for U8 [1], found 2"),
            ("[4]", "[0,4]", "U8", "inside the 2 bytes of data"),
            ("[1]", "[2,1]", "U8", "inside the 2 bytes of data"),
            ("[1]", "[0]", "U8", "two data_offsets"),
            ("[1]", "[0,1,2]", "U8", "at most 2 numbers"),
            ("[4294967296,4294967296]", "[0,2]", "U8", "at most 2^31 numbers"),
            ("[2147483648,2147483648,0]", "[0,0]", "F32", "at most 2^31 numbers"),
            ("[0,9223372036854775807]", "[0,0]", "F32", "at most 2^31 numbers"),
            ("[9223372036854775808]", "[0,2]", "U8", "a number below 2^63"),
            ("[-1]", "[0,2]", "U8", "not negative"),
            ("[1,1,1,1,1,1,1,1,1]", "[0,1]", "U8", "at most 8 numbers"),
            ("[02]", "[0,2]", "U8", "without leading zeros"),
            ("[2]", "[0,2]", "F8_E4M3", "found 'F8_E4M3'"),
        ])
    func faults(shape: String, offsets: String, code: String, expected: String) {
        let text = message("{" + tensor(shape, offsets, code) + "}", [1, 2])
        #expect(text.hasPrefix("test.safetensors: "))
        #expect(text.contains(expected), "\(text)")
        if !text.contains("header, byte") { #expect(text.contains("tensor 'x': ")) }
    }

    @Test("names used twice, bytes used twice and bytes left over are refused")
    func coverage() {
        let (a, b) = (tensor("[2]", "[0,2]", name: "a"), tensor("[2]", "[1,3]", name: "b"))
        #expect(message("{\(a),\(a)}", [1, 2]).contains("tensor 'a': expected once, found twice"))
        #expect(
            message("{\(a),\(b)}", [1, 2, 3]).contains("tensor 'b': expected to begin at offset 2, found an overlap"))
        #expect(message("{\(b)}", [1, 2, 3]).contains("found a gap before it (offset 1)"))
        #expect(message("{\(a)}", [1, 2, 3]).contains("expected 2 bytes of data as its header says, found 3"))
        #expect(message(#"{"__metadata__":{},"__metadata__":{}}"#).contains("found twice"))
        #expect(message(#"{"__metadata__":{"k":"1","k":"2"}}"#).contains("metadata 'k': expected once"))
        #expect(message(#"{"x":{"dtype":"U8","dtype":"U8"}}"#).contains("'dtype' once"))
    }

    @Test(
        "broken JSON is refused where it breaks",
        arguments: [
            "", "[]", "{", "{}x", "{\"a\"}", #"{"a":1}"#, #"{"__metadata__":{"k":1}}"#, #"{"__metadata__":{"k":"\x"}}"#,
            #"{"__metadata__":{"k":"\ud800"}}"#, #"{"__metadata__":{"k":"\udc00"}}"#,
            #"{"__metadata__":{"k":"\ud800\u0041"}}"#, #"{"__metadata__":{"k":"\u00g0"}}"#,
            "{\"__metadata__\":{\"k\":\"\n\"}}",
            #"{"__metadata__":{"k":"v",}}"#, #"{"__metadata__":{"k":"v"}"#, #"{"x":{"dtype":"U8","shape":[],}}"#,
        ])
    func syntax(header: String) {
        #expect(message(header).contains("header, byte"), "\(message(header))")
    }

    @Test("bytes that are not UTF-8 are refused in names and texts")
    func encoding() {
        for bytes in [[0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0xFF]] as [[UInt8]] {
            let text = Array(#"{"__metadata__":{"k":""#.utf8) + bytes + Array(#""}}"#.utf8)
            let length = withUnsafeBytes(of: UInt64(text.count)) { Array($0) }
            #expect(throws: OcellusError.self) { try modelFile(length + text) }
        }
    }

    @Test("depth is bounded: ten thousand brackets are an error, not a crash")
    func depth() {
        let deep = String(repeating: "[", count: 10000)
        #expect(message(#"{"x":{"extra":\#(deep)"#).contains("values inside one another"))
        #expect(
            message(#"{"x":{"extra":[[[[[[1]]]]]],"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, [1])
                == "read without an error")
    }

    @Test("a header length beyond the file or the limit is refused before anything is allocated")
    func lengths() {
        for length in [3, 1 << 24, .max] as [UInt64] {
            let bytes = withUnsafeBytes(of: length.littleEndian) { Array($0) } + Array("{}".utf8)
            #expect(throws: OcellusError.self) { try modelFile(bytes) }
        }
        let many = (0...65536).map { tensor("[0]", "[0,0]", name: "t\($0)") }.joined(separator: ",")
        #expect(message("{\(many)}").contains("at most 65536 tensors"))
    }

    @Test("asking for the wrong thing names it; control characters in a name do not reach the terminal")
    func access() throws {
        let file = try modelFile(modelBytes("{" + tensor("[1]", "[0,1]", name: #"x\u001b"#) + "}", [1]))
        func text(_ body: () throws(OcellusError) -> Void) -> String {
            do throws(OcellusError) { try body() } catch { return error.message }
            return ""
        }
        #expect(text { () throws(OcellusError) in _ = try file.floats(of: "y") }.contains("expected a tensor 'y'"))
        let name: Name = "x\u{1B}"
        #expect(
            text { () throws(OcellusError) in _ = try file.floats(of: name) }.contains(
                "tensor 'x?': expected F32, F16, BF16 or F64, found U8"))
        #expect(text { () throws(OcellusError) in _ = try file.int8s(of: name) }.contains("expected I8, found U8"))
    }

    @Test("every prefix of a sound file is an error, and no flipped byte is a trap")
    func fuzz() throws {
        let header =
            "{" + #""__metadata__":{"k":"\u00e9v"},"# + tensor("[2,2]", "[0,8]", "F16", name: "a") + ","
            + tensor("[3]", "[8,11]", "I8", name: "b") + "}"
        let sound = modelBytes(header, [UInt8](0..<11))
        _ = try modelFile(sound)
        for count in 0..<sound.count {
            #expect(throws: OcellusError.self) { try modelFile(Array(sound[..<count])) }
        }
        var state: UInt64 = 42
        for _ in 0..<5000 {
            var bytes = sound
            for _ in 0..<2 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes[Int(state >> 33) % bytes.count] = UInt8(truncatingIfNeeded: state >> 24)
            }
            if let file = try? modelFile(bytes) {
                for tensor in file.tensors where tensor.elementType.isFloatingPoint {
                    #expect(try file.floats(of: tensor.name).values.count == Parameter.count(of: tensor.dimensions))
                }
            }
        }
    }
}
