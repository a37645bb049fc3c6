// The tensors of a quantised model's file, taken apart so that a test can spoil one of them.
import OcellusNetwork
import OcellusTensor
import Testing

/// One change to the tensors of a sound quantised model's file.
struct QuantizedFault: Sendable, CustomStringConvertible {
    let description: String
    /// What the message must contain.
    let naming: String
    let change: @Sendable (inout QuantizedTensors) throws -> Void

    init(_ description: String, _ naming: String, _ change: @escaping @Sendable (inout QuantizedTensors) throws -> Void)
    {
        self.description = description
        self.naming = naming
        self.change = change
    }
}

/// The tensors of a file, to be changed and written again.
struct QuantizedTensors {
    var floats: [(name: Name, values: Parameter)] = []
    var bytes: [(name: Name, dimensions: [Int], values: Buffer<Int8>)] = []
    var integers: [(name: Name, dimensions: [Int], values: Buffer<Int32>)] = []

    init(_ file: ModelFile) throws {
        for tensor in file.tensors {
            switch tensor.elementType {
            case .int8: bytes.append((tensor.name, tensor.dimensions, try file.int8s(of: tensor.name)))
            case .int32: integers.append((tensor.name, tensor.dimensions, try file.int32s(of: tensor.name)))
            default: floats.append((tensor.name, try file.floats(of: tensor.name)))
            }
        }
    }

    mutating func remove(_ name: Name) {
        floats.removeAll { $0.name == name }
        bytes.removeAll { $0.name == name }
        integers.removeAll { $0.name == name }
    }

    func float(_ name: Name) throws -> Buffer<Float> { try #require(floats.first { $0.name == name }).values.values }
    func byte(_ name: Name) throws -> Buffer<Int8> { try #require(bytes.first { $0.name == name }).values }
    func integer(_ name: Name) throws -> Buffer<Int32> { try #require(integers.first { $0.name == name }).values }

    func write(to writer: inout ModelFileWriter) throws {
        for tensor in floats { try writer.add(tensor.name, tensor.values) }
        for tensor in bytes { try writer.add(tensor.name, dimensions: tensor.dimensions, int8: tensor.values) }
        for tensor in integers { try writer.add(tensor.name, dimensions: tensor.dimensions, int32: tensor.values) }
    }
}
