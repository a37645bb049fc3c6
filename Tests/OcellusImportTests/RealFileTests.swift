// Published models outside the repository, against sums that torch and LiteRT gave. Skipped where they are not at hand.
import OcellusNetwork
import OcellusTensor
import Testing

@testable import OcellusImport

private let detector = "coco_ssd_mobilenet_v1_1.0_quant.tflite"
private let faces = "retinaface_mobilenet0.25_300.pth"

@Suite("Published models") struct RealFileTests {
    @Test(
        "counts, sizes and sums are those of the library that owns the format",
        .enabled(if: Goldens.realFiles.allSatisfy { hasSharedModel($0.name) }), arguments: Goldens.realFiles)
    func sums(golden: RealFile) throws {
        let tensors = try ImportSource.read(path: sharedModel(golden.name)).tensors
        #expect(tensors.count == golden.count)
        for (name, dimensions, sum) in golden.sums {
            let tensor = try #require(tensors.first { $0.name == name })
            #expect(tensor.dimensions == dimensions)
            let total = contents(tensor.values).reduce(0.0) { $0 + Double($1) }
            #expect(abs(total - sum) <= 1e-9 * max(1, abs(sum)), "\(name)")
        }
    }

    @Test(
        "the TensorFlow SSD fills every declared layer and leaves nothing over", .enabled(if: hasSharedModel(detector)))
    func tensorFlowSSD() throws {
        let file = try ImportSource.read(path: sharedModel(detector))
        let layers = try ImportMap.layers(of: file)
        var expected: Set<String> = ["backbone.conv0"]
        for index in 1...13 {
            expected.formUnion(["backbone.conv\(index).depthwise", "backbone.conv\(index).pointwise"])
        }
        for index in 2...5 { expected.formUnion(["extra\(index).reduce", "extra\(index).expand"]) }
        for index in 0...5 { expected.formUnion(["box\(index)", "class\(index)"]) }
        #expect(layers.count == 47)
        #expect(Set(layers.compactMap(\.name)) == expected)
        var declared: [(name: Name, dimensions: [Int])] = []
        for layer in layers {
            let weight = try #require(layer.weight).dimensions
            let ours = layer.options.isDepthwise ? [weight[3], weight[1], weight[2], 1] : weight
            declared.append((Name(try #require(layer.name) + ".weight"), ours))
            declared.append((Name(try #require(layer.name) + ".bias"), [ours[0]]))
        }
        let (parameters, report) = try ImportMap(for: file).parameters(from: file, declared: declared)
        #expect(report.isComplete)
        #expect(report.unexpected.isEmpty)
        #expect(parameters.count == 94)
        #expect(layers[0].inputQuantization == TensorQuantization(scales: [0.0078125], zeroPoints: [128], axis: 0))
        // The backbone's ReLU6 is in its output scale (6 / 255, zero point 0); only the extra layers name it.
        #expect(layers.filter { $0.options.activation == .relu6 }.count == 8)
        #expect(layers.filter { $0.options.activation == .none }.count == 39)
        #expect(layers[3].options.strideHeight == 2)
        #expect(file.graph?.detectionAnchors?.dimensions == [1917, 4])
    }

    @Test("the published RetinaFace has the names its declaration uses", .enabled(if: hasSharedModel(faces)))
    func retinaFace() throws {
        let file = try ImportSource.read(path: sharedModel(faces))
        let (parameters, report) = try ImportMap(for: file).parameters(
            from: file,
            declared: [
                ("body.stage1.0.0.weight", [8, 3, 3, 3]), ("body.stage1.1.0.weight", [8, 3, 3, 1]),
                ("fpn.output1.0.weight", [64, 1, 1, 64]), ("ssh1.conv3X3.0.weight", [32, 3, 3, 64]),
                ("ClassHead.0.conv1x1.weight", [4, 1, 1, 64]), ("body.stage1.0.1.running_var", [8]),
            ])
        #expect(report.isComplete, "\(report)")
        #expect(parameters.count == 6)
        #expect(!report.unexpected.contains { $0.hasSuffix("num_batches_tracked") })
        let trained = file.tensors.filter { !$0.name.contains("running_") && !$0.name.contains("num_batches") }
        #expect(trained.reduce(0) { $0 + $1.values.count } == 426_608)
    }
}
