// The bytes of the encoding against ones worked out by hand from the format's description.
import Testing

@testable import OcellusExport

@Suite("Protocol buffers") struct EncodingTests {
    @Test("a number takes seven bits a byte, the lowest first")
    func varints() {
        var writer = ProtobufWriter()
        writer.integer(1, 150)
        writer.integer(14, 0)
        writer.integer(20, -1)
        let minusOne: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]
        #expect(writer.bytes == [0x08, 0x96, 0x01, 0x70, 0x00, 0xA0, 0x01] + minusOne)
    }

    @Test("text, a float and a message have a length or four bytes")
    func lengths() {
        var writer = ProtobufWriter()
        writer.string(2, "abc")
        writer.float(2, 1)
        writer.message(3) { $0.integer(1, 2) }
        #expect(
            writer.bytes == [0x12, 0x03, 0x61, 0x62, 0x63, 0x15, 0x00, 0x00, 0x80, 0x3F, 0x1A, 0x02, 0x08, 0x02])
    }

    @Test("a model of one operator is the bytes worked out by hand")
    func model() throws {
        var model = ONNXModel()
        model.name = "g"
        model.documentation = "d"
        model.nodes = [ONNXNode(kind: "Add", inputs: ["x", "c"], output: "y", attributes: [("axis", .integer(1))])]
        model.constants = [("c", ONNXTensor([1], [2 as Float]))]
        model.inputs = [ONNXValue(name: "x", element: .float, dimensions: [3])]
        model.outputs = [ONNXValue(name: "y", element: .float, dimensions: [3])]
        model.metadata = [("k", "v")]
        func text(_ field: UInt8, _ value: String) -> [UInt8] {
            [field << 3 | 2, UInt8(value.utf8.count)] + value.utf8
        }
        func message(_ field: UInt8, _ body: [UInt8]) -> [UInt8] { [field << 3 | 2, UInt8(body.count)] + body }
        let attribute = message(5, text(1, "axis") + [0x18, 1, 0xA0, 0x01, 2])
        let node = text(1, "x") + text(1, "c") + text(2, "y") + text(3, "y") + text(4, "Add") + attribute
        let tensor = [0x08, 1, 0x10, 1] + text(8, "c") + message(9, [0, 0, 0, 0x40])
        let type = message(2, message(1, [0x08, 1] + message(2, message(1, [0x08, 3]))))
        let graph =
            message(1, node) + text(2, "g") + message(5, tensor) + message(11, text(1, "x") + type)
            + message(12, text(1, "y") + type)
        let expected =
            [0x08, 8] + text(2, "ocellus") + text(6, "d") + message(7, graph) + message(8, [0x10, 17])
            + message(14, text(1, "k") + text(2, "v"))
        #expect(try model.bytes() == expected)
    }

    @Test("axes are put in another order with their numbers")
    func permutation() {
        // [2, 1, 2, 3] -> [2, 3, 1, 2]: by hand.
        let values: [Int8] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
        let moved = values.withUnsafeBufferPointer { ONNXTensor.permuted($0, [2, 1, 2, 3], [0, 3, 1, 2]) }
        #expect(moved == [0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11])
    }
}
