// A model file written: the counterpart of ModelFile. The same calls in the same order give the same bytes.
import OcellusTensor

/// Collects metadata and tensors, then makes the bytes of a `.safetensors` file. Tensors stand in the order added.
public struct ModelFileWriter {
    private enum Content {
        case float(Buffer<Float>)
        case int8(Buffer<Int8>)
        case int32(Buffer<Int32>)

        var bytes: UnsafeRawBufferPointer {
            switch self {
            case .float(let buffer): UnsafeRawBufferPointer(buffer.elements)
            case .int8(let buffer): UnsafeRawBufferPointer(buffer.elements)
            case .int32(let buffer): UnsafeRawBufferPointer(buffer.elements)
            }
        }

        var elementType: ElementType {
            switch self {
            case .float: .float32
            case .int8: .int8
            case .int32: .int32
            }
        }
    }

    private var metadata: [(key: Name, value: [UInt8])] = []
    private var tensors: [(name: Name, dimensions: [Int], content: Content)] = []
    private var names: Set<Name> = []

    public init() {}

    /// Sets the text for a key, replacing what it had.
    public mutating func set(_ key: Name, to value: String) {
        let bytes = Array(value.utf8)
        if let index = metadata.firstIndex(where: { $0.key == key }) {
            metadata[index].value = bytes
        } else {
            metadata.append((key, bytes))
        }
    }

    /// Adds floats, stored as F32. The values are referenced, not copied, until the file is made.
    ///
    /// Throws `.invalidArgument` for a name already added, `__metadata__`, one that is not UTF-8, or too many tensors.
    public mutating func add(_ name: Name, _ parameter: Parameter) throws(OcellusError) {
        try add(name, parameter.dimensions, .float(parameter.values))
    }

    /// Adds int8 numbers, stored as I8. Throws also when `dimensions` is not the number of values.
    public mutating func add(_ name: Name, dimensions: [Int], int8 values: Buffer<Int8>) throws(OcellusError) {
        try add(name, dimensions, .int8(values))
    }

    /// Adds int32 numbers, stored as I32. Throws also when `dimensions` is not the number of values.
    public mutating func add(_ name: Name, dimensions: [Int], int32 values: Buffer<Int32>) throws(OcellusError) {
        try add(name, dimensions, .int32(values))
    }

    /// The whole file. Throws `.invalidArgument` when the header would exceed what the reader takes, `.outOfMemory`.
    public func bytes() throws(OcellusError) -> Buffer<UInt8> {
        let start = try self.start()
        var size = start.count
        for tensor in tensors { size += tensor.content.bytes.count }
        let file = try Buffer<UInt8>(count: size)
        let memory = UnsafeMutableRawBufferPointer(file.elements)
        memory.copyBytes(from: start)
        var end = start.count
        for tensor in tensors {
            UnsafeMutableRawBufferPointer(rebasing: memory[end...]).copyBytes(from: tensor.content.bytes)
            end += tensor.content.bytes.count
        }
        return file
    }

    /// Writes the file atomically, without a copy of the tensors. Throws `.io`, and what `bytes()` throws.
    public func write(to path: String) throws(OcellusError) {
        try withPieces { pieces throws(OcellusError) in try FileBytes.write(pieces: pieces, to: path) }
    }

    /// Calls `body` with the bytes of the file in their order: the header, then each tensor. Valid during the call.
    package func withPieces<Result>(
        _ body: ([UnsafeRawBufferPointer]) throws(OcellusError) -> Result
    ) throws(OcellusError) -> Result {
        let start = try Buffer(try self.start())
        var pieces = [UnsafeRawBufferPointer(start.elements)]
        for tensor in tensors { pieces.append(tensor.content.bytes) }
        defer { withExtendedLifetime((start, tensors)) {} }
        return try body(pieces)
    }

    /// The header's length and the header, padded with spaces, so that data begin at a multiple of 8.
    private func start() throws(OcellusError) -> [UInt8] {
        for entry in metadata where !isUTF8(entry.key.bytes) {
            throw OcellusError(.invalidArgument, "a metadata key has to be UTF-8, found \(entry.key.quoted)")
        }
        var header = self.header()
        while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
        guard header.count <= TableOfContents.headerLimit else {
            throw OcellusError(
                .invalidArgument,
                "a model file's header takes at most \(TableOfContents.headerLimit) bytes, found \(header.count); "
                    + "shorten the metadata")
        }
        var start: [UInt8] = []
        for shift in 0..<8 { start.append(UInt8(truncatingIfNeeded: header.count >> (8 * shift))) }
        return start + header
    }

    private mutating func add(_ name: Name, _ dimensions: [Int], _ content: Content) throws(OcellusError) {
        let expected = content.elementType.byteCount(of: dimensions)
        guard expected == content.bytes.count, dimensions.count <= TableOfContents.rankLimit else {
            throw OcellusError(
                .invalidArgument,
                "tensor \(name.quoted) of sizes \(Parameter.text(dimensions)) cannot hold "
                    + "\(content.bytes.count / content.elementType.size) values")
        }
        guard name != "__metadata__", isUTF8(name.bytes), tensors.count < TableOfContents.tensorLimit else {
            throw OcellusError(.invalidArgument, "a model file cannot hold a tensor named \(name.quoted)")
        }
        guard names.insert(name).inserted else {
            throw OcellusError(.invalidArgument, "tensor \(name.quoted) was added twice to a model file")
        }
        tensors.append((name, dimensions, content))
    }

    private func header() -> [UInt8] {
        var text: [UInt8] = [UInt8(ascii: "{")]
        if !metadata.isEmpty {
            text += Array("\"__metadata__\":{".utf8)
            for (index, entry) in metadata.enumerated() {
                if index > 0 { text.append(UInt8(ascii: ",")) }
                appendString(entry.key.bytes, to: &text)
                text.append(UInt8(ascii: ":"))
                appendString(entry.value, to: &text)
            }
            text.append(UInt8(ascii: "}"))
        }
        var offset = 0
        for tensor in tensors {
            if text.count > 1 { text.append(UInt8(ascii: ",")) }
            appendString(tensor.name.bytes, to: &text)
            let end = offset + tensor.content.bytes.count
            let shape = Parameter.text(tensor.dimensions)
            text += Array(
                ":{\"dtype\":\"\(tensor.content.elementType.code)\",\"shape\":\(shape),".utf8)
            text += Array("\"data_offsets\":[\(offset),\(end)]}".utf8)
            offset = end
        }
        text.append(UInt8(ascii: "}"))
        return text
    }

    /// `bytes` between quotes, with the escapes JSON asks for.
    private func appendString(_ bytes: [UInt8], to text: inout [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        text.append(UInt8(ascii: "\""))
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                text += [UInt8(ascii: "\\"), byte]
            case 0..<0x20:
                text += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default:
                text.append(byte)
            }
        }
        text.append(UInt8(ascii: "\""))
    }
}
