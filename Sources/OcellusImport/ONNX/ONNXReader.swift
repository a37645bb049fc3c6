// The numbers of an ONNX file. What its operators do is not read: who imports one knows the network.
// Field numbers: onnx.proto3 of the ONNX specification.
import OcellusNetwork
import OcellusTensor

enum ONNXReader {
    /// Constants of 32-bit real numbers, in the order in which the operators name them; exporters call many of them by
    /// numbers. Others, such as the sizes of a reshaping, are left out.
    ///
    /// Throws `.unsupported` for constants in another file or of half precision, `.invalidData`.
    static func tensors(_ source: ByteSource) throws(OcellusError) -> [ImportedTensor] {
        var graph: ProtobufMessage?
        var hasOperators = false
        let model = ProtobufMessage(source: source, range: 0..<source.count)
        try model.forEach { number, value throws(OcellusError) in
            if number == 7, case .bytes(let range) = value { graph = model.inner(range) }
            if number == 8 { hasOperators = true }
        }
        guard let graph, hasOperators else {
            throw source.failure(
                "ONNX: expected a graph (field 7) and the version of its operators (field 8), found "
                    + (graph == nil ? "no graph" : "no version") + "; the file is truncated or something else")
        }
        var constants: [String: ImportedTensor] = [:]
        var uses: [String] = []
        try graph.forEach { number, value throws(OcellusError) in
            guard case .bytes(let range) = value else { return }
            if number == 1 { uses += try inputs(graph.inner(range)) }
            if number == 5, let tensor = try tensor(graph.inner(range)) { constants[tensor.name] = tensor }
        }
        return uses.compactMap { constants.removeValue(forKey: $0) }
    }

    /// What an operator reads.
    private static func inputs(_ node: ProtobufMessage) throws(OcellusError) -> [String] {
        var names: [String] = []
        try node.forEach { number, value throws(OcellusError) in
            if number == 1, case .bytes(let range) = value { names.append(node.source.text(range)) }
        }
        return names
    }

    /// Nil for a constant of whole numbers.
    private static func tensor(_ message: ProtobufMessage) throws(OcellusError) -> ImportedTensor? {
        let source = message.source
        var (dimensions, name, type, isElsewhere) = ([Int](), "", 0, false)
        var content = 0..<0
        try message.forEach { number, value throws(OcellusError) in
            switch (number, value) {
            case (1, _): dimensions += try message.integers(value)
            case (2, .integer(let value)): type = Int(truncatingIfNeeded: value)
            // A packed list of floats is their bytes, as the raw field is.
            case (4, .bytes(let range)), (9, .bytes(let range)): content = range
            case (8, .bytes(let range)): name = source.text(range)
            case (14, .integer(let value)): isElsewhere = value == 1
            default: break
            }
        }
        guard type == 1 || type == 10 || type == 11 || type == 16 else { return nil }
        guard type == 1, !isElsewhere else {
            throw source.unsupported(
                "the constant \(quoted(name)) is \(isElsewhere ? "in another file" : "not of 32-bit numbers"); save the "
                    + "model in one file in float32")
        }
        guard let size = ElementType.float32.byteCount(of: dimensions), content.count == size else {
            throw source.failure(
                "the constant \(quoted(name)): expected 32-bit numbers for the sizes \(Parameter.text(dimensions)), found "
                    + "\(content.count) bytes")
        }
        let values = try Buffer<Float>(count: size / ElementType.float32.size)
        ElementType.float32.convert(source.view(content), to: values.elements)
        return ImportedTensor(
            name: name, dimensions: dimensions, values: values, elementType: .float32, quantization: nil)
    }
}
