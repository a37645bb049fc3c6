// The door for foreign files: looks at the first bytes and calls the reader for that format.
import OcellusNetwork
import OcellusTensor

/// Reads named arrays out of safetensors, PyTorch, TensorFlow Lite and ONNX files.
public enum ImportSource {
    /// Reads a file of at most 2 GiB. The format is chosen by content.
    ///
    /// Throws `.io`; `.unsupported` for a format, number type, compression or Python object the library does not take;
    /// `.invalidData` for a damaged or hostile file; `.outOfMemory`.
    public static func read(path: String) throws(OcellusError) -> ImportedFile {
        let file = try FileBytes(path: path, limit: 2 << 30)
        defer { withExtendedLifetime(file) {} }
        return try read(bytes: file.bytes, origin: path)
    }

    /// The same for bytes in memory, which are needed during the call only. `origin` names them in messages.
    public static func read(
        bytes: UnsafeBufferPointer<UInt8>, origin: String
    ) throws(OcellusError) -> ImportedFile {
        let source = ByteSource(bytes: bytes, origin: origin)
        switch try format(of: source) {
        case .safetensors:
            return try readSafetensors(source)
        case .pytorchLegacy:
            return ImportedFile(format: .pytorchLegacy, tensors: try PyTorchFile(legacy: source).tensors())
        case .pytorchZip:
            return ImportedFile(format: .pytorchZip, tensors: try PyTorchFile(zip: source).tensors())
        case .tflite:
            let graph = try TFLiteReader.read(source)
            return ImportedFile(format: .tflite, tensors: graph.constants, graph: graph)
        case .onnx:
            return ImportedFile(format: .onnx, tensors: try ONNXReader.tensors(source))
        }
    }

    /// What kind of file it is, by its first bytes. Throws what `read` throws for files of no kind and of none.
    public static func format(path: String) throws(OcellusError) -> ImportFormat {
        let file = try FileBytes(path: path, limit: 2 << 30)
        defer { withExtendedLifetime(file) {} }
        return try format(of: ByteSource(bytes: file.bytes, origin: path))
    }

    static func format(of source: ByteSource) throws(OcellusError) -> ImportFormat {
        let start = source.bytes.prefix(9)
        if start.starts(with: [0x50, 0x4B, 0x03, 0x04]) { return .pytorchZip }
        if start.count >= 2, start[0] == 0x80, start[1] <= 5 { return .pytorchLegacy }
        if start.dropFirst(4).starts(with: Array("TFL3".utf8)) { return .tflite }
        if start.count == 9, start[8] == UInt8(ascii: "{") { return .safetensors }
        // The version of ONNX, which every writer puts first: there is no signature.
        if start.count >= 2, start[0] == 0x08, 3...99 ~= start[1] { return .onnx }
        throw source.unsupported(
            "expected a safetensors, PyTorch, TensorFlow Lite or ONNX file, found something else; "
                + "export the weights to one of these")
    }

    private static func readSafetensors(_ source: ByteSource) throws(OcellusError) -> ImportedFile {
        let file = try ModelFile(bytes: source.bytes, owner: nil, origin: source.origin)
        var tensors: [ImportedTensor] = []
        for tensor in file.tensors {
            let values = try Buffer<Float>(count: tensor.range.count / tensor.elementType.size)
            tensor.elementType.convert(source.view(tensor.range), to: values.elements)
            tensors.append(
                ImportedTensor(
                    name: tensor.name.description, dimensions: tensor.dimensions, values: values,
                    elementType: tensor.elementType, quantization: nil))
        }
        let metadata = file.metadata.map { ($0.key.description, String(decoding: $0.value, as: UTF8.self)) }
        return ImportedFile(format: .safetensors, tensors: tensors, metadata: metadata)
    }
}
