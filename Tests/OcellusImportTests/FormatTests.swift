// Each format's fixtures against what its own library reads in them.
import OcellusNetwork
import OcellusTensor
import Testing

@testable import OcellusImport

@Suite("Foreign files") struct FormatTests {
    @Test(
        "a PyTorch state_dict in any container: number types, views, strides, scalars and empty tensors",
        arguments: [
            ("zip.pth", ImportFormat.pytorchZip), ("legacy.pth", .pytorchLegacy),
            ("legacy_protocol4.pth", .pytorchLegacy),
        ])
    func stateDictionary(name: String, format: ImportFormat) throws {
        let file = try ImportSource.read(path: fixture(name))
        #expect(file.format == format)
        expectEqual(file.tensors, Goldens.stateDictionary)
        #expect(file.tensors.first { $0.name == "bfloat" }?.elementType == .bfloat16)
    }

    @Test(
        "a state_dict under 'state_dict' or 'model' is found and its common prefix 'module.' removed",
        arguments: ["wrapped.pth", "wrapped_legacy.pth"])
    func wrapped(name: String) throws {
        expectEqual(try ImportSource.read(path: fixture(name)).tensors, Array(Goldens.stateDictionary[..<2]))
    }

    @Test("safetensors written by its Python package, every number type")
    func safetensors() throws {
        let file = try ImportSource.read(path: fixture("mixed.safetensors"))
        #expect(file.format == .safetensors)
        let known = Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, $0) })
        #expect(known.count == Goldens.mixed.count + 1)
        expectEqual(try Goldens.mixed.map { try #require(known[$0.name]) }, Goldens.mixed)
        #expect(contents(try #require(known["f16"]).values).map(\.bitPattern) == Goldens.mixedHalves)
        #expect(file.metadata.first { $0.key == "label" }?.value == "Gesicht ü \"x\" \\ 😀\n")
    }

    @Test("TensorFlow Lite constants are dequantised, per tensor and per channel")
    func tflite() throws {
        let file = try ImportSource.read(path: fixture("small.tflite"))
        #expect(file.format == .tflite)
        expectEqual(file.tensors, Goldens.tfliteConstants)
        let graph = try #require(file.graph)
        #expect(graph.tensors.count == 11)
        #expect(graph.inputs == [0])
        #expect(graph.outputs == [10])
        #expect(graph.tensors[0].quantization == TensorQuantization(scales: [0.0078125], zeroPoints: [-1], axis: 0))
        #expect(
            graph.tensors[4].quantization == TensorQuantization(scales: [0.011, 0.02], zeroPoints: [0, 0], axis: 3))
        #expect(graph.tensors[8].quantization == nil)
        #expect(graph.tensors[3].values == nil)
        #expect(graph.detectionAnchors?.name == "anchors")
        #expect(graph.detectionAnchors?.dimensions == [3, 4])
        #expect(graph.operators[3].inputs == [10, -1, 7])
    }

    @Test("convolution options, biases by position and our names for the layers")
    func layers() throws {
        let layers = try ImportMap.layers(of: try ImportSource.read(path: fixture("small.tflite")))
        #expect(layers.map(\.name) == ["backbone.conv0", "backbone.conv1.depthwise"])
        #expect(layers[0].bias?.name == "unnamed_bias")
        #expect(
            layers[0].options
                == TFLiteConvolution(
                    isDepthwise: false, padding: .valid, strideHeight: 2, strideWidth: 1, dilationHeight: 1,
                    dilationWidth: 1, depthMultiplier: 1, activation: .relu6))
        #expect(
            layers[1].options
                == TFLiteConvolution(
                    isDepthwise: true, padding: .same, strideHeight: 1, strideWidth: 1, dilationHeight: 1,
                    dilationWidth: 1, depthMultiplier: 1, activation: .relu))
        #expect(layers[1].inputQuantization?.scales == [0.0235])
        #expect(layers[1].outputQuantization == TensorQuantization(scales: [0.05], zeroPoints: [-128], axis: 0))
    }

    @Test("ONNX constants come in the order of their use, convolutions in our layout")
    func onnx() throws {
        let file = try ImportSource.read(path: fixture("small.onnx"))
        #expect(file.format == .onnx)
        expectEqual(file.tensors, Goldens.onnx)
        let convolutions = try file.convolutions()
        #expect(convolutions.map(\.dimensions) == [[3, 3, 3, 1], [3], [2, 1, 1, 3]])
        // One channel in and one out for each depthwise kernel: only the sizes move.
        #expect(contents(convolutions[0].values) == Goldens.onnx[0].values)
        #expect(contents(convolutions[2].values) == Goldens.onnx[2].values)
        let other = try ImportSource.read(path: fixture("small.tflite"))
        #expect(throws: OcellusError.self) { try other.convolutions() }
    }

    @Test("something else is refused with the formats that would do")
    func unknown() {
        for bytes in [[], Array("GIF89a..........".utf8), [UInt8](repeating: 0, count: 64)] as [[UInt8]] {
            #expect(failure(bytes).contains("expected a safetensors, PyTorch, TensorFlow Lite or ONNX file"))
        }
    }
}
