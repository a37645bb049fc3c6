// Numbers in an ONNX file: sizes, type, and the bytes as they lie there (little-endian, the last axis fastest).
import OcellusTensor

/// The element types that we write, with the format's numbers for them.
enum ONNXElement: Int {
    case float = 1
    case uint8 = 2
    case int8 = 3
    case int32 = 6
    case int64 = 7
}

/// A constant of the model. A scalar has no sizes.
struct ONNXTensor {
    let dimensions: [Int]
    let element: ONNXElement
    let content: [UInt8]

    init(_ dimensions: [Int], _ values: [Float]) {
        self.init(dimensions, .float, ONNXTensor.littleEndian(values.map(\.bitPattern)))
    }

    init(_ dimensions: [Int], _ values: [Int32]) { self.init(dimensions, .int32, ONNXTensor.littleEndian(values)) }

    init(_ dimensions: [Int], _ values: [UInt8]) { self.init(dimensions, .uint8, values) }

    init(_ dimensions: [Int], _ values: [Int8]) {
        self.init(dimensions, .int8, values.map { UInt8(bitPattern: $0) })
    }

    /// A list of sizes or indices.
    init(_ values: [Int]) {
        self.init([values.count], .int64, ONNXTensor.littleEndian(values.map { Int64($0) }))
    }

    private init(_ dimensions: [Int], _ element: ONNXElement, _ content: [UInt8]) {
        self.dimensions = dimensions
        self.element = element
        self.content = content
    }

    private static func littleEndian<Number: FixedWidthInteger>(_ values: [Number]) -> [UInt8] {
        values.map(\.littleEndian).withUnsafeBytes { Array($0) }
    }

    /// TensorProto: dims, data_type, name, raw_data.
    func write(_ name: String, to writer: inout ProtobufWriter) {
        for size in dimensions { writer.integer(1, size) }
        writer.integer(2, element.rawValue)
        writer.string(8, name)
        writer.bytes(9, content)
    }
}

extension ONNXTensor {
    /// The same numbers with their axes in another order: axis `order[i]` becomes axis i.
    static func permuted<Number>(_ values: UnsafeBufferPointer<Number>, _ dimensions: [Int], _ order: [Int]) -> [Number]
    {
        var strides = [Int](repeating: 1, count: dimensions.count)
        for axis in dimensions.indices.dropLast().reversed() {
            strides[axis] = strides[axis + 1] * dimensions[axis + 1]
        }
        var offsets = [0]
        for axis in order {
            var next: [Int] = []
            next.reserveCapacity(offsets.count * dimensions[axis])
            for offset in offsets {
                for index in 0..<dimensions[axis] { next.append(offset + index * strides[axis]) }
            }
            offsets = next
        }
        return offsets.map { values[$0] }
    }
}
