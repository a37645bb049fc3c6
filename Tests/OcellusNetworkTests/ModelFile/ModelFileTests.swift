// Model files that are sound: read, written, read again.
import OcellusNetwork
import OcellusTensor
import Testing

/// A model file in memory, kept alive with its bytes.
func modelFile(_ bytes: [UInt8]) throws(OcellusError) -> ModelFile {
    let buffer = try Buffer<UInt8>(bytes)
    return try ModelFile(bytes: UnsafeBufferPointer(buffer.elements), owner: buffer, origin: "test.safetensors")
}

/// A buffer's contents; the pointer behind `elements` alone would not keep a temporary buffer alive.
func contents<Element>(_ buffer: Buffer<Element>) -> [Element] {
    withExtendedLifetime(buffer) { Array(buffer.elements) }
}

/// Header text and data as a file.
func modelBytes(_ header: String, _ data: [UInt8] = []) -> [UInt8] {
    withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) } + Array(header.utf8) + data
}

@Suite("Model files") struct ModelFileTests {
    private func writer() throws -> ModelFileWriter {
        var writer = ModelFileWriter()
        writer.set("architecture", to: "face")
        writer.set("label", to: "Gesicht ü \"x\" \\ \u{1F600}\n")
        writer.set("architecture", to: "retinaface")
        try writer.add("a.weight", Parameter(dimensions: [2, 1], values: Buffer([1.5, -2])))
        try writer.add("b.quantized", dimensions: [3], int8: Buffer([-128, 0, 127]))
        try writer.add("b.bias", dimensions: [2], int32: Buffer([-70000, 70000]))
        try writer.add("scalar", Parameter(dimensions: [], values: Buffer([7])))
        try writer.add("empty", Parameter(dimensions: [0, 3], values: Buffer<Float>(count: 0)))
        return writer
    }

    @Test("what is written is read back, integers and floats, also at odd addresses")
    func roundTrip() throws {
        let file = try modelFile(contents(try writer().bytes()))
        #expect(file.tensors.map(\.name) == ["a.weight", "b.quantized", "b.bias", "scalar", "empty"])
        #expect(file.tensors[2].range.lowerBound % 4 == 3)
        #expect(contents(try file.floats(of: "a.weight").values) == [1.5, -2])
        #expect(try file.floats(of: "a.weight").dimensions == [2, 1])
        #expect(contents(try file.int8s(of: "b.quantized")) == [-128, 0, 127])
        #expect(contents(try file.int32s(of: "b.bias")) == [-70000, 70000])
        #expect(try file.floats(of: "scalar").dimensions == [])
        #expect(try file.floats(of: "empty").values.count == 0)
        #expect(file.metadata("architecture") == "retinaface")
        #expect(file.metadata("label") == "Gesicht ü \"x\" \\ \u{1F600}\n")
        #expect(file.metadata("nothing") == nil)
        #expect(try file.parameters().names == ["a.weight", "scalar", "empty"])
    }

    @Test("the same calls give the same bytes, and data begin at a multiple of 8")
    func deterministic() throws {
        let first = contents(try writer().bytes())
        #expect(first == contents(try writer().bytes()))
        #expect(first[0] % 8 == 0)
        let header = String(decoding: first[8..<8 + Int(first[0]) + 256 * Int(first[1])], as: UTF8.self)
        #expect(header.hasPrefix(#"{"__metadata__":{"architecture":"retinaface","label":"Gesicht ü \"x\" \\ "#))
        #expect(header.contains(#""b.quantized":{"dtype":"I8","shape":[3],"data_offsets":[8,11]}"#))
    }

    @Test("a file on disk is read and written whole; an empty model is one too")
    func disk() throws {
        let path = "/tmp/ocellus-model-\(UInt64.random(in: 0 ... .max)).safetensors"
        try writer().write(to: path)
        #expect(contents(try ModelFile(path: path).int8s(of: "b.quantized")) == [-128, 0, 127])
        try ModelFileWriter().write(to: path)
        #expect(try ModelFile(path: path).tensors.isEmpty)
        try FileBytes.write(UnsafeBufferPointer(start: nil, count: 0), to: path)
        #expect(throws: OcellusError.self) { try ModelFile(path: path) }
        #expect(throws: OcellusError.self) { try ModelFile(path: path + ".missing") }
    }

    @Test("the writer refuses what the reader would")
    func writerRefusals() throws {
        var writer = ModelFileWriter()
        let one = try Parameter(dimensions: [1], values: Buffer([1]))
        try writer.add("x", one)
        #expect(throws: OcellusError.self) { try writer.add("x", one) }
        #expect(throws: OcellusError.self) { try writer.add("__metadata__", one) }
        #expect(throws: OcellusError.self) { try writer.add(Name(bytes: [0xC3]), one) }
        #expect(throws: OcellusError.self) { try writer.add("y", dimensions: [3], int8: Buffer([1])) }
        let nine = [Int](repeating: 1, count: 9)
        #expect(throws: OcellusError.self) { try writer.add("y", dimensions: nine, int8: Buffer([1])) }
        writer.set(Name(bytes: [0xFF]), to: "x")
        #expect(throws: OcellusError.self) { try writer.bytes() }
    }

    @Test("white space, escapes, surrogate pairs and unknown fields are read as JSON says")
    func syntax() throws {
        let header = #"""
             { "__metadata__" : { "k\u00e9\ud83d\ude00\/\b" : "\f\r\t\u0000" } , "t" :
            {"extra":[1,-2.5e3,{"x":[null,true,"\""]}],"shape":[ 1 , 2 ],"data_offsets":[0,2],"dtype":"\u00498"} }  
            """#
        let file = try modelFile(modelBytes(header, [1, 255]))
        #expect(file.metadata("ké😀/\u{8}") == "\u{C}\r\t\0")
        #expect(contents(try file.int8s(of: "t")) == [1, -1])
        #expect(file.tensors[0].dimensions == [1, 2])
    }

    @Test("halves, bfloats and doubles become the floats they name")
    func conversions() throws {
        func convert(_ code: String, _ size: Int, _ bytes: [UInt8]) throws -> [UInt32] {
            let count = bytes.count / size
            let header =
                #"{"p":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"t":{"dtype":"\#(code)","shape":[\#(count)],"#
                + #""data_offsets":[1,\#(1 + bytes.count)]}}"#
            return contents(try modelFile(modelBytes(header, [0] + bytes)).floats(of: "t").values).map(\.bitPattern)
        }
        // IEEE 754-2008: one, the largest, the smallest subnormal, the largest subnormal, minus zero, infinity, NaN.
        #expect(
            try convert("F16", 2, [0, 0x3C, 0xFF, 0x7B, 1, 0, 0xFF, 3, 0, 0x80, 0, 0x7C, 0, 0x7E]) == [
                0x3F80_0000, 0x477F_E000, 0x3380_0000, 0x387F_C000, 0x8000_0000, 0x7F80_0000, 0x7FC0_0000,
            ])
        #expect(try convert("BF16", 2, [0x80, 0x3F, 0x80, 0xFF]) == [0x3F80_0000, 0xFF80_0000])
        #expect(try convert("F64", 8, [0, 0, 0, 0, 0, 0, 0xF8, 0xBF]) == [Float(-1.5).bitPattern])
    }
}
