// Quantised models to files and back, and files with wrong numbers in them: refused with the name of what is wrong.
import Foundation
import OcellusModels
import OcellusNetwork
import OcellusQuantization
import OcellusTensor
import TestSupport
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

@Suite("Quantised models") struct QuantizedModelTests {
    /// A small RetinaFace in integers, with ranges that a random number generator made.
    static let model: Model = {
        do { return try quantized(.retinaFaceMobileNet025) } catch { preconditionFailure("\(error)") }
    }()

    static func quantized(_ architecture: Architecture) throws -> Model {
        let float = try Model.smallRandom(architecture, seed: 5).folded()
        var random = SeededGenerator(seed: 6)
        let ranges = float.graph.nodes.map { _ in
            ValueRange(minimum: random.float(-3 ... -1), maximum: random.float(1...5))
        }
        return try float.quantized(ranges: ranges)
    }

    static func file(_ model: Model, _ change: (inout QuantizedTensors) throws -> Void = { _ in }) throws -> ModelFile {
        var plain: ModelFile?
        try withTemporaryFile { path in
            try model.write(to: path)
            plain = try ModelFile(path: path)
        }
        var tensors = try QuantizedTensors(try #require(plain))
        try change(&tensors)
        var writer = ModelFileWriter()
        model.description.write(to: &writer)
        try tensors.write(to: &writer)
        let bytes = try writer.bytes()
        return try ModelFile(bytes: UnsafeBufferPointer(bytes.elements), owner: bytes, origin: "hostile.safetensors")
    }

    @Test("a file gives back formats, integers and description", arguments: Architecture.allCases)
    func roundTrip(architecture: Architecture) throws {
        let model = try Self.quantized(architecture)
        let network = try #require(model.quantized)
        try withTemporaryFile { path in
            try model.write(to: path)
            let first = try Data(contentsOf: URL(filePath: path))
            let again = try Model(try ModelFile(path: path))
            let read = try #require(again.quantized)
            #expect(again.description.precision == .int8 && again.description.isFolded)
            #expect(read.formats == network.formats && read.normalization == network.normalization)
            for (one, other) in zip(read.convolutions, network.convolutions) {
                #expect((one == nil) == (other == nil))
                guard let one, let other else { continue }
                #expect(one.weights.elements.elementsEqual(other.weights.elements))
                #expect(one.scales.elements.elementsEqual(other.scales.elements))
                #expect(one.bias.elements.elementsEqual(other.bias.elements))
            }
            try again.write(to: path)
            #expect(try Data(contentsOf: URL(filePath: path)) == first)
            _ = try Int8Executor(read)
        }
        #expect(throws: OcellusError.self) { try model.quantized(ranges: []) }
    }

    @Test("the file that is changed here is sound as it is")
    func sound() throws {
        #expect(try Model(try Self.file(Self.model)).quantized != nil)
    }

    private static let weight: Name = "fpn.merge1.0.weight"
    private static let bias: Name = "fpn.merge1.0.bias"
    private static let scale: Name = "fpn.merge1.0.weight.scale"

    static let faults: [QuantizedFault] =
        [weight, bias, scale, "quantization.scales", "quantization.zero_points", "ClassHead.1.conv1x1.weight.scale"].map
    {
        name in
        QuantizedFault("\(name) is missing", "tensor '\(name)' is missing") { $0.remove(name) }
    }
        + [-1, 256, 300, .max, .min].map { (number: Int32) in
            QuantizedFault("a zero point of \(number)", "zero point \(number)") {
                try $0.integer("quantization.zero_points").pointer[3] = number
            }
        }
        + [0, -1, .nan, .infinity, 1e-30, 1e30].flatMap { (number: Float) in
            [
                QuantizedFault("a value's scale of \(number)", "has scale \(number)") {
                    try $0.float("quantization.scales").pointer[3] = number
                },
                QuantizedFault("a weight's scale of \(number)", "'\(scale)' holds \(number)") {
                    try $0.float(scale).pointer[5] = number
                },
            ]
        }
        + [.max, .min, 1 << 29, -(1 << 29)].map { (number: Int32) in
            QuantizedFault("a bias of \(number)", "'\(bias)' holds \(number)") {
                try $0.integer(bias).pointer[63] = number
            }
        }
        + [
            QuantizedFault("a weight of -128", "'\(weight)' holds -128") { try $0.byte(weight).pointer[100] = -128 },
            QuantizedFault("a weight of other sizes", "'\(weight)' has sizes [3]") {
                $0.remove(weight)
                $0.bytes.append((weight, [3], try Buffer(count: 3)))
            },
            QuantizedFault("scales of other sizes", "'\(scale)' has sizes [1]") {
                $0.remove(scale)
                $0.floats.append((scale, try Parameter(dimensions: [1], values: Buffer([1]))))
            },
            QuantizedFault("a bias of other sizes", "'\(bias)' has sizes [65]") {
                $0.remove(bias)
                $0.integers.append((bias, [65], try Buffer(count: 65)))
            },
            QuantizedFault("too few values' scales", "'quantization.scales' has sizes [2]") {
                $0.remove("quantization.scales")
                $0.floats.append(("quantization.scales", try Parameter(dimensions: [2], values: Buffer([1, 1]))))
            },
            QuantizedFault("weights as floats", "expected I8, found F32") {
                let values = try Buffer<Float>(count: $0.byte(weight).count)
                let dimensions = try #require($0.bytes.first { $0.name == weight }).dimensions
                $0.remove(weight)
                $0.floats.append((weight, try Parameter(dimensions: dimensions, values: values)))
            },
            QuantizedFault("two scales for values that share one", "must share one scale") {
                try $0.float("quantization.scales").pointer[concatenated] *= 2
            },
            QuantizedFault("two zero points for values that share one", "must share one scale") {
                let points = try $0.integer("quantization.zero_points").pointer
                points[concatenated] = points[concatenated] == 0 ? 1 : 0
            },
        ]

    /// A node whose value is written into a context module's concatenation.
    private static let concatenated: Int = {
        let groups = ValueGroups(model.graph)
        return model.graph.nodes.indices.first { groups.leaders[$0] != $0 } ?? 0
    }()

    @Test("a file with a wrong number in it is refused, and says where", arguments: faults)
    func hostile(fault: QuantizedFault) throws {
        let file = try Self.file(Self.model, fault.change)
        let error = #expect(throws: OcellusError.self) { try Model(file) }
        #expect(error?.code == .invalidData)
        let message = error?.message ?? ""
        #expect(message.contains("hostile.safetensors: "), "\(message)")
        #expect(message.contains(fault.naming), "\(message)")
    }

    @Test("integers that no sum can hold are refused when the network is prepared, never run")
    func extremes() throws {
        let largest = try Self.file(Self.model) { tensors in
            for tensor in tensors.bytes { tensor.values.elements.update(repeating: 127) }
            for tensor in tensors.integers where tensor.name != "quantization.zero_points" {
                tensor.values.elements.update(repeating: (1 << 29) - 1)
            }
        }
        let network = try #require(try Model(largest).quantized)
        // Sound for every channel: weights of 127 and biases below 2^29 cannot leave 32 bits.
        let executor = try Int8Executor(network)
        executor.run()
        for scale: Float in [1e-15, 1e15] {
            let file = try Self.file(Self.model) { tensors in
                for tensor in tensors.floats { tensor.values.values.elements.update(repeating: scale) }
            }
            let network = try #require(try Model(file).quantized)
            do throws(OcellusError) { try Int8Executor(network).run() } catch {
                #expect(error.code == .invalidArgument)
            }
        }
    }
}
