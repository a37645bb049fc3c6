// The keys of the published RetinaFace weights, written from their naming rule and not from our declaration.
import OcellusModels
import OcellusNetwork
import OcellusTensor
import Testing

@Suite("Parameter names") struct ParameterNameTests {
    /// Sizes by key, in PyTorch's order [output, input / groups, height, width] for convolutions.
    static let published: [String: [Int]] = {
        var keys: [String: [Int]] = [:]
        func convolution(_ name: String, _ number: Int, _ outputs: Int, _ inputs: Int, _ kernel: Int) {
            keys["\(name).\(number).weight"] = [outputs, inputs, kernel, kernel]
            for part in ["weight", "bias", "running_mean", "running_var"] {
                keys["\(name).\(number + 1).\(part)"] = [outputs]
            }
        }
        // Stages of MobileNetV1 at a quarter of its width; the first entry of stage 1 is the first convolution.
        convolution("body.stage1.0", 0, 8, 3, 3)
        let stages = [[16, 32, 32, 64, 64], [128, 128, 128, 128, 128, 128], [256, 256]]
        var inputs = 8
        for (stage, blocks) in stages.enumerated() {
            for (index, outputs) in blocks.enumerated() {
                let block = "body.stage\(stage + 1).\(index + (stage == 0 ? 1 : 0))"
                convolution(block, 0, inputs, 1, 3)
                convolution(block, 3, outputs, inputs, 1)
                inputs = outputs
            }
        }
        for (level, inputs) in [64, 128, 256].enumerated() { convolution("fpn.output\(level + 1)", 0, 64, inputs, 1) }
        for level in 1...2 { convolution("fpn.merge\(level)", 0, 64, 64, 3) }
        for level in 1...3 {
            convolution("ssh\(level).conv3X3", 0, 32, 64, 3)
            convolution("ssh\(level).conv5X5_1", 0, 16, 64, 3)
            for part in ["conv5X5_2", "conv7X7_2", "conv7x7_3"] { convolution("ssh\(level).\(part)", 0, 16, 16, 3) }
        }
        for (head, numbers) in [("ClassHead", 2), ("BboxHead", 4), ("LandmarkHead", 10)] {
            for level in 0...2 {
                keys["\(head).\(level).conv1x1.weight"] = [2 * numbers, 64, 1, 1]
                keys["\(head).\(level).conv1x1.bias"] = [2 * numbers]
            }
        }
        return keys
    }()

    @Test("RetinaFace's parameters are called and sized as in the published file")
    func retinaFace() throws {
        let graph = try Architecture.retinaFaceMobileNet025.defaultDescription().declare()
        var declared: [String: [Int]] = [:]
        for parameter in graph.parameters {
            let sizes = parameter.dimensions
            // Ours are [output, height, width, input / groups].
            declared[parameter.name.description] = sizes.count == 4 ? [sizes[0], sizes[3], sizes[1], sizes[2]] : sizes
        }
        #expect(declared.count == graph.parameters.count)
        #expect(declared == ParameterNameTests.published)
        // 300 entries in the published file, 47 of them counters of batches that nobody needs.
        #expect(declared.count == 253)
    }

    @Test("a folded network has a weight and a bias for each convolution, named after it")
    func folded() throws {
        var description = Architecture.retinaFaceMobileNet025.defaultDescription()
        description.isFolded = true
        let names = try description.declare().parameters.map(\.name.description)
        let convolutions = ParameterNameTests.published.filter { $0.value.count == 4 }.map { $0.key.dropLast(7) }
        #expect(Set(names) == Set(convolutions.flatMap { ["\($0).weight", "\($0).bias"] }))
    }
}
