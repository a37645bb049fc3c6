// An ONNX file as data, and its bytes. Field numbers are those of the published onnx.proto; what the operators mean is
// in ONNX's list of operators, opset 17.
import OcellusTensor

/// An attribute of a node.
enum ONNXAttribute {
    case integer(Int)
    case integers([Int])
    case float(Float)
    case string(String)

    /// AttributeProto: name, then the value, then what kind of value it is.
    func write(_ name: String, to writer: inout ProtobufWriter) {
        writer.string(1, name)
        switch self {
        case .float(let value):
            writer.float(2, value)
            writer.integer(20, 1)
        case .integer(let value):
            writer.integer(3, value)
            writer.integer(20, 2)
        case .string(let value):
            writer.string(4, value)
            writer.integer(20, 3)
        case .integers(let values):
            for value in values { writer.integer(8, value) }
            writer.integer(20, 7)
        }
    }
}

/// One operator with the names of what it reads and of what it makes. An empty name is an operand left out.
struct ONNXNode {
    let kind: String
    let inputs: [String]
    let output: String
    let attributes: [(name: String, value: ONNXAttribute)]

    /// NodeProto: input, output, name, op_type, attribute.
    func write(to writer: inout ProtobufWriter) {
        for input in inputs { writer.string(1, input) }
        writer.string(2, output)
        writer.string(3, output)
        writer.string(4, kind)
        for attribute in attributes { writer.message(5) { attribute.value.write(attribute.name, to: &$0) } }
    }
}

/// What goes into the model or comes out of it.
struct ONNXValue {
    let name: String
    let element: ONNXElement
    let dimensions: [Int]

    /// ValueInfoProto: name, type (tensor_type: elem_type, shape: dim: dim_value).
    func write(to writer: inout ProtobufWriter) {
        writer.string(1, name)
        writer.message(2) { type in
            type.message(1) { tensor in
                tensor.integer(1, element.rawValue)
                tensor.message(2) { shape in
                    for size in dimensions { shape.message(1) { $0.integer(1, size) } }
                }
            }
        }
    }
}

/// The whole file. The same content gives the same bytes.
struct ONNXModel {
    static let operatorSet = 17
    /// The format's version that came with that operator set.
    static let formatVersion = 8
    /// Readers keep lengths in 32 bits.
    static let sizeLimit = Int(Int32.max)

    var nodes: [ONNXNode] = []
    var constants: [(name: String, tensor: ONNXTensor)] = []
    var inputs: [ONNXValue] = []
    var outputs: [ONNXValue] = []
    var name = "ocellus"
    var documentation = ""
    var metadata: [(key: String, value: String)] = []

    /// ModelProto. Throws `.unsupported` for a model that is larger than the format's readers take.
    func bytes() throws(OcellusError) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.integer(1, ONNXModel.formatVersion)
        writer.string(2, "ocellus")
        writer.string(6, documentation)
        writer.message(7) { graph in
            for node in nodes { graph.message(1) { node.write(to: &$0) } }
            graph.string(2, name)
            for constant in constants { graph.message(5) { constant.tensor.write(constant.name, to: &$0) } }
            for input in inputs { graph.message(11) { input.write(to: &$0) } }
            for output in outputs { graph.message(12) { output.write(to: &$0) } }
        }
        writer.message(8) { $0.integer(2, ONNXModel.operatorSet) }
        for entry in metadata {
            writer.message(14) {
                $0.string(1, entry.key)
                $0.string(2, entry.value)
            }
        }
        guard writer.bytes.count <= ONNXModel.sizeLimit else {
            throw OcellusError(
                .unsupported, "the ONNX file would have \(writer.bytes.count) bytes: its format ends at 2 GB")
        }
        return writer.bytes
    }
}
