// The convolutions of a file that calls its arrays by numbers, as exporters to ONNX do once normalisations are folded.
import OcellusNetwork
import OcellusTensor

extension ImportedFile {
    /// Weights of an ONNX file's convolutions in the order of its operators, each followed by its bias where it has one, in
    /// our layout: as a graph declares them that is built in the same order.
    ///
    /// Throws `.unsupported` for files of other formats, `.outOfMemory`.
    public func convolutions() throws(OcellusError) -> [Parameter] {
        guard format == .onnx else {
            throw OcellusError(
                .unsupported,
                "expected an ONNX file, whose arrays come in the order of its operators, found \(format.rawValue)")
        }
        var result: [Parameter] = []
        for (index, tensor) in tensors.enumerated() where tensor.dimensions.count == 4 {
            let layout = WeightLayout.outputInputHeightWidth
            result.append(
                try Parameter(dimensions: layout.dimensions(tensor.dimensions), values: layout.values(of: tensor)))
            guard index + 1 < tensors.count, tensors[index + 1].dimensions == [tensor.dimensions[0]] else { continue }
            result.append(try Parameter(dimensions: tensors[index + 1].dimensions, values: tensors[index + 1].values))
        }
        return result
    }
}
