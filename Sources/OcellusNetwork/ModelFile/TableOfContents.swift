// The header of a model file, read and checked: metadata and where each tensor lies.
import OcellusTensor

/// Every size here was checked against the file before it was used.
struct TableOfContents {
    static let headerLimit = 16 << 20
    static let tensorLimit = 65536
    static let rankLimit = 8

    private(set) var metadata: [(key: Name, value: [UInt8])] = []
    private(set) var tensors: [StoredTensor] = []
    /// Position in `tensors` by name.
    private(set) var indices: [Name: Int] = [:]

    private let origin: String
    private let dataStart: Int
    private let dataCount: Int

    /// Throws `.invalidData`, or `.unsupported` for a number type the library does not know.
    init(bytes: UnsafeBufferPointer<UInt8>, origin: String) throws(OcellusError) {
        guard bytes.count >= 8 else {
            throw OcellusError(
                .invalidData, "\(origin): expected a safetensors file, found only \(bytes.count) bytes")
        }
        let length = UnsafeRawBufferPointer(bytes).loadUnaligned(as: UInt64.self)
        let limit = min(TableOfContents.headerLimit, bytes.count - 8)
        guard length <= UInt64(limit) else {
            throw OcellusError(
                .invalidData,
                "\(origin): expected a safetensors header of at most \(limit) bytes, found a length of \(length); "
                    + "the file is truncated or is something else")
        }
        self.origin = origin
        dataStart = 8 + Int(length)
        dataCount = bytes.count - dataStart
        try read(header: UnsafeBufferPointer(rebasing: bytes[8..<dataStart]))
        try checkCoverage()
    }

    private mutating func read(header: UnsafeBufferPointer<UInt8>) throws(OcellusError) {
        var reader = JSONReader(bytes: header, place: "\(origin): header")
        var seenMetadata = false
        var contents = self
        try reader.object { (reader, key) throws(OcellusError) in
            let name = Name(bytes: key)
            if name == "__metadata__" {
                guard !seenMetadata else { throw contents.failure(name, "expected once, found twice") }
                seenMetadata = true
                contents.metadata = try contents.readMetadata(&reader)
            } else {
                try contents.add(try contents.readTensor(name, &reader))
            }
        }
        guard reader.peek() == nil else { throw reader.failure(expected: "nothing after the header") }
        self = contents
    }

    private func readMetadata(_ reader: inout JSONReader) throws(OcellusError) -> [(key: Name, value: [UInt8])] {
        var entries: [(key: Name, value: [UInt8])] = []
        var seen: Set<Name> = []
        try reader.object { (reader, key) throws(OcellusError) in
            let name = Name(bytes: key)
            guard seen.insert(name).inserted else {
                throw OcellusError(
                    .invalidData, "\(origin): metadata \(name.quoted): expected once, found twice")
            }
            entries.append((name, try reader.string()))
        }
        return entries
    }

    private func readTensor(_ name: Name, _ reader: inout JSONReader) throws(OcellusError) -> StoredTensor {
        var code: [UInt8]?
        var dimensions: [Int]?
        var offsets: [Int]?
        try reader.object { (reader, key) throws(OcellusError) in
            let field = Name(bytes: key)
            if field == "dtype", code == nil {
                code = try reader.string()
            } else if field == "shape", dimensions == nil {
                dimensions = try reader.integers(limit: TableOfContents.rankLimit)
            } else if field == "data_offsets", offsets == nil {
                offsets = try reader.integers(limit: 2)
            } else if field == "dtype" || field == "shape" || field == "data_offsets" {
                throw failure(name, "expected \(field.quoted) once, found it twice")
            } else {
                try reader.skipValue()
            }
        }
        guard let code, let dimensions, let offsets, offsets.count == 2 else {
            throw failure(name, "expected dtype, shape and two data_offsets, found fewer")
        }
        guard let elementType = ElementType(code: code) else {
            throw OcellusError(
                .unsupported,
                "\(origin): tensor \(name.quoted): expected F32, F16, BF16, F64, I8, U8, I16, I32, I64 or BOOL, "
                    + "found \(Name(bytes: code).quoted)")
        }
        guard let byteCount = elementType.byteCount(of: dimensions) else {
            throw failure(name, "expected sizes of at most 2^31 numbers, found \(Parameter.text(dimensions))")
        }
        guard offsets[0] <= offsets[1], offsets[1] <= dataCount else {
            throw failure(
                name, "expected offsets inside the \(dataCount) bytes of data, found \(Parameter.text(offsets))")
        }
        guard offsets[1] - offsets[0] == byteCount else {
            throw failure(
                name,
                "expected \(byteCount) bytes for \(elementType.code) \(Parameter.text(dimensions)), "
                    + "found \(offsets[1] - offsets[0])")
        }
        // Offsets are at most dataCount, so these sums are at most the file's size.
        return StoredTensor(
            name: name, elementType: elementType, dimensions: dimensions,
            range: dataStart + offsets[0]..<dataStart + offsets[1])
    }

    private mutating func add(_ tensor: StoredTensor) throws(OcellusError) {
        guard tensors.count < TableOfContents.tensorLimit else {
            throw OcellusError(
                .invalidData, "\(origin): expected at most \(TableOfContents.tensorLimit) tensors, found more")
        }
        guard indices.updateValue(tensors.count, forKey: tensor.name) == nil else {
            throw failure(tensor.name, "expected once, found twice")
        }
        tensors.append(tensor)
    }

    /// The format wants the data used up exactly: no two tensors share a byte and none is left over.
    private func checkCoverage() throws(OcellusError) {
        let order = tensors.indices.sorted {
            let (left, right) = (tensors[$0].range, tensors[$1].range)
            return (left.lowerBound, left.upperBound) < (right.lowerBound, right.upperBound)
        }
        var end = dataStart
        for index in order {
            let tensor = tensors[index]
            guard tensor.range.lowerBound == end else {
                let fault = tensor.range.lowerBound < end ? "an overlap with another tensor" : "a gap before it"
                throw failure(
                    tensor.name,
                    "expected to begin at offset \(end - dataStart), found \(fault) "
                        + "(offset \(tensor.range.lowerBound - dataStart))")
            }
            end = tensor.range.upperBound
        }
        guard end == dataStart + dataCount else {
            throw OcellusError(
                .invalidData,
                "\(origin): expected \(end - dataStart) bytes of data as its header says, found \(dataCount)")
        }
    }

    private func failure(_ name: Name, _ text: String) -> OcellusError {
        OcellusError(.invalidData, "\(origin): tensor \(name.quoted): \(text)")
    }
}
