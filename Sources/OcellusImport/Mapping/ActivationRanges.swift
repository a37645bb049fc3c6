// The ranges of activations that a quantised TensorFlow Lite file was trained with: with them no calibration is needed.
import OcellusNetwork
import OcellusQuantization
import OcellusTensor

extension ImportedFile {
    /// Whether the file says how large the values of its layers become.
    public var hasActivationRanges: Bool {
        graph?.operators.contains { operation in
            guard case .convolution = operation.kind, let output = operation.outputs.first, output >= 0 else {
                return false
            }
            return graph?.tensors[output].quantization != nil
        } ?? false
    }

    /// A range for each node of a folded graph; empty where the file says nothing, such as for layers that move bytes.
    ///
    /// Throws `.invalidArgument` for a file that is not TensorFlow Lite, `.unsupported` when a convolution of the graph
    /// has no range in the file.
    public func activationRanges(of folded: Graph) throws(OcellusError) -> [ValueRange] {
        var known: [Name: ValueRange] = [:]
        for layer in try ImportMap.layers(of: self) {
            guard let name = layer.name, let quantization = layer.outputQuantization,
                let scale = quantization.scales.first, let zeroPoint = quantization.zeroPoints.first
            else { continue }
            known[Name(name)] = ValueRange(
                minimum: scale * Float(0 - zeroPoint), maximum: scale * Float(255 - zeroPoint))
        }
        var ranges: [ValueRange] = []
        for node in folded.nodes {
            if case .convolution = node.operation, known[node.name] == nil {
                throw OcellusError(
                    .unsupported,
                    "the file gives no range for layer \(node.name): import it in float and run 'ocellus quantize'")
            }
            ranges.append(known[node.name] ?? .empty)
        }
        return ranges
    }
}
