// Whole models: what their files say, and the form in which integers stand in them.
import OcellusModels
import OcellusNetwork
import OcellusQuantization
import OcellusTensor
import TestSupport
import Testing

@testable import OcellusExport

@Suite("Export of models") struct ModelExportTests {
    @Test("a float file has the folded network's operators and the description", arguments: Architecture.allCases)
    func float(architecture: Architecture) throws {
        let model = try Model.random(architecture, seed: 1)
        let read = ReadModel(try ONNXExport.bytes(model))
        let folded = try model.folded()
        let convolutions = folded.graph.nodes.filter { OperationKind($0.operation) == .convolution }
        #expect(read.misuses == [])
        #expect(read.operators.filter { $0.kind == "Conv" }.count == convolutions.count)
        #expect(!read.operators.contains { $0.kind == "BatchNormalization" || $0.kind == "QuantizeLinear" })
        #expect(read.outputs == model.graph.outputs.map { $0.name.description })
        #expect(read.metadata["architecture"] == architecture.name)
        #expect(read.metadata["precision"] == "float")
        #expect(read.metadata["input.values"] == "(pixel - input.mean) * input.scale")
        #expect(read.metadata["decode.scores"] == (architecture == .mobileNetSSDTensorFlow ? "sigmoid" : "softmax"))
        #expect(read.metadata["labels"] == model.description.labels.joined(separator: "\n"))
    }

    @Test("TensorFlow's first convolution keeps its padding on one side")
    func padding() throws {
        let read = ReadModel(try ONNXExport.bytes(try Model.random(.mobileNetSSDTensorFlow, seed: 1)))
        let first = try #require(read.operators.first { $0.kind == "Conv" })
        #expect(first.integers["pads"] == [0, 0, 1, 1])
        #expect(first.integers["strides"] == [2, 2])
        #expect(read.constants[first.inputs[1]]?.dimensions == [32, 3, 3, 3])
    }

    @Test("in int8 every convolution reads signed bytes and a 32-bit bias", arguments: Architecture.allCases)
    func integers(architecture: Architecture) throws {
        let model = try quantized(architecture)
        let network = try #require(model.quantized)
        let read = ReadModel(try ONNXExport.bytes(model))
        #expect(read.misuses == [])
        #expect(read.metadata["precision"] == "int8")
        #expect(read.metadata["input.values"] == "pixel")
        var makers: [String: ReadModel.Operator] = [:]
        for item in read.operators { makers[item.output] = item }
        for convolution in read.operators where convolution.kind == "Conv" {
            let operands = convolution.inputs.compactMap { makers[$0] }
            #expect(operands.map(\.kind) == ["DequantizeLinear", "DequantizeLinear", "DequantizeLinear"])
            #expect(read.constants[operands[1].inputs[0]]?.element == ONNXElement.int8.rawValue)
            #expect(read.constants[operands[2].inputs[0]]?.element == ONNXElement.int32.rawValue)
        }
        let bytes = network.formats.filter { if case .bytes = $0 { true } else { false } }.count
        #expect(read.operators.filter { $0.kind == "QuantizeLinear" }.count >= bytes)
    }

    @Test("around the picture stands the rounded mean, a channel at a time")
    func frame() throws {
        let read = ReadModel(try ONNXExport.bytes(try quantized(.retinaFaceMobileNet025)))
        let top = try #require(read.constants["image.top"])
        #expect(top.dimensions == [1, 3, 1, 300])
        #expect([top.content[0], top.content[300], top.content[600]] == [104, 117, 123])
        #expect(read.constants["image.left"]?.dimensions == [1, 3, 302, 1])
        #expect(read.operators.first { $0.kind == "Conv" }?.integers["pads"] == [0, 0, 0, 0])
    }

    @Test("a quantised model exports in float, with weights within half a step of the original's")
    func dequantised() throws {
        let original = try Model.random(.retinaFaceMobileNet025, seed: 1).folded()
        let model = try quantized(.retinaFaceMobileNet025)
        let real = try #require(model.quantized).realParameters()
        for declaration in original.graph.parameters where declaration.role == .weight {
            let expected = try original.parameters.required(declaration)
            let found = try real.required(declaration)
            let each = declaration.count / declaration.dimensions[0]
            for channel in 0..<declaration.dimensions[0] {
                let places = channel * each..<(channel + 1) * each
                let step = (places.map { abs(expected.values.pointer[$0]) }.max() ?? 0) / 127
                let largest = places.map { abs(expected.values.pointer[$0] - found.values.pointer[$0]) }.max() ?? 0
                #expect(largest <= step * 0.501)
            }
        }
        #expect(ReadModel(try ONNXExport.bytes(model, precision: .float)).metadata["precision"] == "float")
    }

    @Test("int8 from a float model is refused, and the message says what to run")
    func refusal() throws {
        let model = try Model.random(.retinaFaceMobileNet025, seed: 1)
        let error = #expect(throws: OcellusError.self) { try ONNXExport.bytes(model, precision: .int8) }
        #expect(error?.code == .invalidArgument)
        #expect(error?.message.contains("ocellus quantize") == true)
    }

    @Test(
        "integers and our executor's rows are written for other engines",
        .enabled(if: CaseFile.folder != nil, "OCELLUS_ONNX_CASES names no folder"), arguments: Architecture.allCases)
    func cases(architecture: Architecture) throws {
        let original = try Model.random(architecture, seed: 1).folded()
        // With ranges of their own, zero points lie within the range, and activations become clamps.
        for (name, model) in [
            ("int8", try original.quantized(ranges: try measured(original))),
            ("int8-clamped", try quantized(architecture)),
        ] {
            let executor = try Int8Executor(try #require(model.quantized))
            var random = SeededGenerator(seed: 3)
            let shape = model.graph.inputShape
            let pixels = (0..<shape.count).map { _ in UInt8(random.integer(0...255)) }
            for (index, pixel) in pixels.enumerated() { executor.input[index] = pixel }
            executor.run()
            var file = try #require(try CaseFile("\(name)-\(architecture.name)", try ONNXExport.bytes(model)))
            try file.add("image", shape, pixels.map { Float($0) })
            for output in model.graph.outputs {
                let shape = model.graph.nodes[output.node].shape
                let rows = (0..<shape.count).map { executor.real(output.node, $0) }
                let isFinite = rows.allSatisfy { $0.isFinite }
                #expect(isFinite)
                try file.add(output.name, shape, rows)
            }
            try file.write()
        }
    }

    /// A seeded model, quantised with one range for all values.
    private func quantized(_ architecture: Architecture) throws -> Model {
        let model = try Model.random(architecture, seed: 1).folded()
        let range = ValueRange(minimum: -1, maximum: 4)
        return try model.quantized(ranges: [ValueRange](repeating: range, count: model.graph.nodes.count))
    }

    /// The ranges of a folded model's values on a seeded picture.
    private func measured(_ model: Model) throws -> [ValueRange] {
        let executor = try FloatExecutor(model.graph, model.parameters, retaining: true)
        let normalization = PixelNormalization(model.description.preprocessing)
        var random = SeededGenerator(seed: 2)
        for index in 0..<model.graph.inputShape.count {
            executor.input[index] =
                (random.float(0...255) - normalization.mean[index % 3]) * normalization.scale[index % 3]
        }
        executor.run()
        return model.graph.nodes.indices.map { index in
            let (shape, stride) = (model.graph.nodes[index].shape, executor.plan.places[index].stride)
            var range = ValueRange.empty
            for position in 0..<shape.positions {
                for channel in 0..<shape.channels {
                    let value = executor.value(of: index)[position * stride + channel]
                    range = range.union(ValueRange(minimum: value, maximum: value))
                }
            }
            return range
        }
    }
}
