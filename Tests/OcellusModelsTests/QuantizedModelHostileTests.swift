// Files of quantised models with wrong numbers in them: refused with the name of what is wrong.
import OcellusModels
import OcellusNetwork
import OcellusQuantization
import OcellusTensor
import TestSupport
import Testing

@Suite("Hostile quantised models") struct QuantizedModelHostileTests {
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

    @Test("the file that is changed here is sound as it is")
    func sound() throws {
        #expect(try Model(try Self.file(QuantizedModelTests.model)).quantized != nil)
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
        let groups = ValueGroups(QuantizedModelTests.model.graph)
        return QuantizedModelTests.model.graph.nodes.indices.first { groups.leaders[$0] != $0 } ?? 0
    }()

    @Test("a file with a wrong number in it is refused, and says where", arguments: faults)
    func hostile(fault: QuantizedFault) throws {
        let file = try Self.file(QuantizedModelTests.model, fault.change)
        let error = #expect(throws: OcellusError.self) { try Model(file) }
        #expect(error?.code == .invalidData)
        let message = error?.message ?? ""
        #expect(message.contains("hostile.safetensors: "), "\(message)")
        #expect(message.contains(fault.naming), "\(message)")
    }

    @Test("integers that no sum can hold are refused when the network is prepared, never run")
    func extremes() throws {
        let largest = try Self.file(QuantizedModelTests.model) { tensors in
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
            let file = try Self.file(QuantizedModelTests.model) { tensors in
                for tensor in tensors.floats { tensor.values.values.elements.update(repeating: scale) }
            }
            let network = try #require(try Model(file).quantized)
            do throws(OcellusError) { try Int8Executor(network).run() } catch {
                #expect(error.code == .invalidArgument)
            }
        }
    }
}
