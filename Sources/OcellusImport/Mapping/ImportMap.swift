// How a foreign file's names and layouts become a declared network's parameters. One case a source; the names of the
// TensorFlow SSD are in TensorFlowNames.
import OcellusNetwork
import OcellusTensor

/// A rule set for one kind of source.
public enum ImportMap: Sendable {
    /// Our own names and layout.
    case ocellus
    /// The declared names are PyTorch's; convolution weights are [output, input / groups, height, width]. Transposed
    /// convolutions, which PyTorch keeps as [input, output, height, width], are not told apart.
    case pytorch
    /// The MobileNet v1 SSD of TensorFlow's detection models as a TensorFlow Lite file: `TensorFlowNames`.
    case tensorFlowSSD

    /// The map that fits a file by its format. A safetensors file counts as PyTorch's when it says `format: pt`, as the
    /// Python package writes, and as ours otherwise.
    public init(for file: ImportedFile) {
        switch file.format {
        case .pytorchLegacy, .pytorchZip, .onnx: self = .pytorch
        case .tflite: self = .tensorFlowSSD
        case .safetensors:
            self = file.metadata.contains { $0.key == "format" && $0.value == "pt" } ? .pytorch : .ocellus
        }
    }

    /// Fills the declared parameters from a file.
    ///
    /// A parameter that is missing or has other sizes is left out of the result and named in the report, so that a
    /// changed class count keeps the backbone. PyTorch's `num_batches_tracked` is passed over.
    /// Throws `.invalidArgument` when `.tensorFlowSSD` is given a file without a graph, `.outOfMemory`.
    public func parameters(
        from file: ImportedFile, declared: [(name: Name, dimensions: [Int])]
    ) throws(OcellusError) -> (parameters: Parameters, report: KeyReport) {
        let entries = try entries(file)
        var positions: [String: Int] = [:]
        var report = KeyReport()
        var used = [Bool](repeating: false, count: entries.count)
        for (index, entry) in entries.enumerated() where positions[entry.name] == nil { positions[entry.name] = index }

        var parameters = Parameters()
        for (name, dimensions) in declared {
            let text = name.description
            guard let index = positions[text] else {
                report.missing.append(text)
                continue
            }
            used[index] = true
            let entry = entries[index]
            let found = entry.layout.dimensions(entry.tensor.dimensions)
            guard found == dimensions else {
                report.missized.append(KeyReport.SizeFault(name: text, expected: dimensions, found: found))
                continue
            }
            parameters[name] = try Parameter(dimensions: found, values: try entry.layout.values(of: entry.tensor))
            report.loaded.append(text)
        }
        for (index, entry) in entries.enumerated() where !used[index] && !entry.isIgnorable {
            report.unexpected.append(entry.tensor.name)
        }
        return (parameters, report)
    }

    /// A file's array under our name for it.
    private struct Entry {
        let name: String
        let tensor: ImportedTensor
        let layout: WeightLayout

        var isIgnorable: Bool {
            tensor.name == "num_batches_tracked" || tensor.name.hasSuffix(".num_batches_tracked")
        }
    }

    private func entries(_ file: ImportedFile) throws(OcellusError) -> [Entry] {
        switch self {
        case .ocellus:
            return file.tensors.map { Entry(name: $0.name, tensor: $0, layout: .outputHeightWidthInput) }
        case .pytorch:
            return file.tensors.map { Entry(name: $0.name, tensor: $0, layout: .outputInputHeightWidth) }
        case .tensorFlowSSD:
            var entries: [Entry] = []
            for layer in try ImportMap.layers(of: file) {
                let name = layer.name ?? ""
                if let weight = layer.weight {
                    let layout: WeightLayout = layer.options.isDepthwise ? .depthwiseLast : .outputHeightWidthInput
                    entries.append(Entry(name: name + ".weight", tensor: weight, layout: layout))
                }
                if let bias = layer.bias {
                    entries.append(Entry(name: name + ".bias", tensor: bias, layout: .outputHeightWidthInput))
                }
            }
            return entries
        }
    }
}
