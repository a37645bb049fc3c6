// The layer names of TensorFlow's MobileNet v1 SSD and ours, and the convolutions of a file under our names with
// their quantisation.
import OcellusNetwork
import OcellusTensor

/// Finds our layer name in a TensorFlow tensor name such as
/// `FeatureExtractor/MobilenetV1/MobilenetV1/Conv2d_3_depthwise/weights_quant/FakeQuantWithMinMaxVars`.
enum TensorFlowNames {
    /// Parts of a name between slashes, and our layer. `#` takes a number and puts it into ours; `?` takes one only.
    private static let rules: [(pattern: [String], layer: String)] = [
        (["Conv2d_0"], "backbone.conv0"),
        (["Conv2d_#_depthwise"], "backbone.conv#.depthwise"),
        (["Conv2d_#_pointwise"], "backbone.conv#.pointwise"),
        (["Conv2d_13_pointwise_1_Conv2d_#_1x1_?"], "extra#.reduce"),
        (["Conv2d_13_pointwise_2_Conv2d_#_3x3_s2_?"], "extra#.expand"),
        (["BoxPredictor_#", "BoxEncodingPredictor"], "box#"),
        (["BoxPredictor_#", "ClassPredictor"], "class#"),
    ]

    static func layer(in name: String) -> String? {
        let parts = name.split(separator: "/").map { Array($0.utf8) }
        for rule in rules {
            guard parts.count >= rule.pattern.count else { continue }
            for start in 0...(parts.count - rule.pattern.count) {
                var number: [UInt8] = []
                let matches = rule.pattern.indices.allSatisfy {
                    match(parts[start + $0], Array(rule.pattern[$0].utf8), &number)
                }
                if matches {
                    let layer = rule.layer.utf8.flatMap { $0 == UInt8(ascii: "#") ? number : [$0] }
                    return String(decoding: layer, as: UTF8.self)
                }
            }
        }
        return nil
    }

    private static func match(_ part: [UInt8], _ pattern: [UInt8], _ number: inout [UInt8]) -> Bool {
        var position = 0
        for expected in pattern {
            guard expected == UInt8(ascii: "#") || expected == UInt8(ascii: "?") else {
                guard position < part.count, part[position] == expected else { return false }
                position += 1
                continue
            }
            let digits = part[position...].prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
            guard (1...9).contains(digits.count) else { return false }
            if expected == UInt8(ascii: "#") { number = Array(digits) }
            position += digits.count
        }
        return position == part.count
    }
}

/// A convolution of a TensorFlow Lite file.
public struct ImportedLayer: Sendable {
    /// Our name for it (`backbone.conv3.depthwise`), or nil when no rule knows it.
    public let name: String?
    public let options: TFLiteConvolution
    /// [output, height, width, input], or [1, height, width, channels] when depthwise. nil when it is not a constant.
    public let weight: ImportedTensor?
    /// The operator's third input, whatever its name; nil when there is none.
    public let bias: ImportedTensor?
    /// Of the tensor that goes in and of the one that comes out; the weight's and the bias's are in them.
    public let inputQuantization: TensorQuantization?
    public let outputQuantization: TensorQuantization?
}

extension ImportMap {
    /// The convolutions of a TensorFlow Lite file in its order, under our names.
    ///
    /// Throws `.invalidArgument` for a file of another format, `.invalidData` for a convolution without two inputs and
    /// an output.
    public static func layers(of file: ImportedFile) throws(OcellusError) -> [ImportedLayer] {
        guard let graph = file.graph else {
            throw OcellusError(
                .invalidArgument, "expected a TensorFlow Lite file for its layers, found \(file.format.rawValue)")
        }
        var layers: [ImportedLayer] = []
        for operation in graph.operators {
            guard case .convolution(let options) = operation.kind else { continue }
            guard operation.inputs.count >= 2, operation.inputs[0] >= 0, operation.inputs[1] >= 0,
                let output = operation.outputs.first, output >= 0
            else {
                throw OcellusError(
                    .invalidData, "expected a convolution with an input, a weight and an output, found fewer")
            }
            let tensors = graph.tensors
            let weight = tensors[operation.inputs[1]]
            let bias = operation.inputs.count > 2 && operation.inputs[2] >= 0 ? tensors[operation.inputs[2]] : nil
            // Converters keep the layer in the weight's name; where they dropped it, the output still has it.
            let name = TensorFlowNames.layer(in: weight.name) ?? TensorFlowNames.layer(in: tensors[output].name)
            layers.append(
                ImportedLayer(
                    name: name, options: options, weight: TFLiteGraph.imported(weight),
                    bias: bias.flatMap(TFLiteGraph.imported),
                    inputQuantization: tensors[operation.inputs[0]].quantization,
                    outputQuantization: tensors[output].quantization))
        }
        return layers
    }
}
