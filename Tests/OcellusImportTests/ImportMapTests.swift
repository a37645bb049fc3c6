// Foreign names and layouts onto a declared network, and what the report says of the rest.
import OcellusNetwork
import OcellusTensor
import Testing

@testable import OcellusImport

@Suite("Mapping onto a network") struct ImportMapTests {
    private func values(_ parameters: Parameters, _ name: Name) -> [Float]? {
        parameters[name].map { contents($0.values) }
    }

    @Test("PyTorch weights turn from [O, I, H, W] to [O, H, W, I], depthwise included")
    func pytorch() throws {
        let file = try ImportSource.read(path: fixture("zip.pth"))
        let (parameters, report) = try ImportMap(for: file).parameters(
            from: file,
            declared: [
                ("conv.weight", [4, 2, 2, 3]), ("conv.bias", [4]), ("depthwise.weight", [4, 3, 3, 1]),
                ("conv2.weight", [1]), ("half", [2, 3]),
            ])
        let golden = Goldens.stateDictionary[0].values
        var expected: [Float] = []
        for o in 0..<4 { for p in 0..<4 { for i in 0..<3 { expected.append(golden[o * 12 + i * 4 + p]) } } }
        #expect(values(parameters, "conv.weight") == expected)
        #expect(values(parameters, "depthwise.weight") == Goldens.stateDictionary[2].values)
        #expect(report.loaded == ["conv.weight", "conv.bias", "depthwise.weight"])
        #expect(report.missing == ["conv2.weight"])
        #expect(report.missized == [KeyReport.SizeFault(name: "half", expected: [2, 3], found: [3, 2])])
        #expect(report.unexpected.contains("double"))
        #expect(!report.unexpected.contains("bn.num_batches_tracked"))
        #expect(!report.isComplete)
        #expect(parameters.count == 3)
    }

    @Test("TensorFlow weights stay, depthwise turns from [1, H, W, C] to [C, H, W, 1], biases are found by position")
    func tensorFlow() throws {
        let file = try ImportSource.read(path: fixture("small.tflite"))
        let (parameters, report) = try ImportMap(for: file).parameters(
            from: file,
            declared: [
                ("backbone.conv0.weight", [2, 3, 3, 3]), ("backbone.conv0.bias", [2]),
                ("backbone.conv1.depthwise.weight", [2, 3, 3, 1]), ("backbone.conv1.depthwise.bias", [2]),
            ])
        #expect(report.isComplete)
        #expect(report.unexpected.isEmpty)
        #expect(values(parameters, "backbone.conv0.weight") == Goldens.tfliteConstants[0].values)
        #expect(values(parameters, "backbone.conv0.bias") == Goldens.tfliteConstants[1].values)
        let depthwise = Goldens.tfliteConstants[2].values
        #expect(
            values(parameters, "backbone.conv1.depthwise.weight")
                == (0..<2).flatMap { c in (0..<9).map { depthwise[$0 * 2 + c] } })
    }

    @Test("our own safetensors are taken as they are, those of Python's torch are turned")
    func safetensors() throws {
        let mixed = try ImportSource.read(path: fixture("mixed.safetensors"))
        #expect(ImportMap(for: mixed) == .pytorch)
        var writer = ModelFileWriter()
        let square = try Buffer<Float>([1, 2, 3, 4])
        try writer.add("w", Parameter(dimensions: [1, 2, 1, 2], values: square))
        let ours = try read(contents(try writer.bytes()))
        #expect(ImportMap(for: ours) == .ocellus)
        let taken = try ImportMap.ocellus.parameters(from: ours, declared: [("w", [1, 2, 1, 2])])
        #expect(values(taken.parameters, "w") == [1, 2, 3, 4])
        let turned = try ImportMap.pytorch.parameters(from: ours, declared: [("w", [1, 1, 2, 2])])
        #expect(values(turned.parameters, "w") == [1, 3, 2, 4])
        #expect(throws: OcellusError.self) { try ImportMap.tensorFlowSSD.parameters(from: ours, declared: []) }
    }

    @Test(
        "TensorFlow's layer names and ours",
        arguments: [
            ("FeatureExtractor/MobilenetV1/MobilenetV1/Conv2d_0/weights", "backbone.conv0"),
            ("FeatureExtractor/MobilenetV1/MobilenetV1/Conv2d_13_depthwise/weights", "backbone.conv13.depthwise"),
            ("MobilenetV1/Conv2d_7_pointwise/weights_quant/FakeQuantWithMinMaxVars", "backbone.conv7.pointwise"),
            ("FeatureExtractor/MobilenetV1/Conv2d_13_pointwise_1_Conv2d_2_1x1_256/weights", "extra2.reduce"),
            ("FeatureExtractor/MobilenetV1/Conv2d_13_pointwise_2_Conv2d_5_3x3_s2_128/Relu6", "extra5.expand"),
            ("BoxPredictor_4/BoxEncodingPredictor/weights", "box4"),
            ("BoxPredictor_0/ClassPredictor/weights", "class0"),
            ("BoxPredictor_0/Reshape", nil), ("Conv2d_0x/weights", nil), ("Conv2d__pointwise", nil), ("", nil),
            ("Conv2d_99999999999_pointwise", nil),
        ] as [(String, String?)])
    func names(foreign: String, ours: String?) {
        #expect(TensorFlowNames.layer(in: foreign) == ours)
    }

    @Test("the report counts, then names at most 20 of a kind")
    func report() {
        var report = KeyReport()
        report.loaded = ["a"]
        #expect(report.description == "1 loaded, 0 missing, 0 unexpected, 0 of another size")
        #expect(report.isComplete)
        report.missing = (1...22).map { "m\($0)" }
        report.missized = [KeyReport.SizeFault(name: "w", expected: [2], found: [3, 1])]
        let lines = report.description.split(separator: "\n")
        #expect(lines.count == 1 + 22 + 2)
        #expect(lines[0] == "1 loaded, 22 missing, 0 unexpected, 1 of another size")
        #expect(lines[21] == "  m20")
        #expect(lines[22] == "  and 2 more")
        #expect(lines[24] == "  w: expected [2], found [3, 1]")
    }
}
