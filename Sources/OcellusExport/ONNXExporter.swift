// Translates a folded graph to ONNX node by node: names, constants, and the layout in which each value lies.
// What the operations become is in Operations; what integers add is in ONNXExporter+Quantization.
import OcellusNetwork
import OcellusQuantization
import OcellusTensor

/// One translation. Our values are NHWC, ONNX's pictures NCHW; head rows are [batch, rows, columns].
struct ONNXExporter {
    enum Layout {
        case picture
        case rows
    }

    let graph: Graph
    let parameters: Parameters
    /// Nil for a file in float.
    let quantized: QuantizedNetwork?
    var model = ONNXModel()
    /// The real value of each node translated so far.
    var values: [(name: String, layout: Layout)] = []
    /// The name of each node's last operator.
    private(set) var names: [String] = []
    var taken: Set<String> = []
    /// Names of constants by what they were asked for.
    var constants: [String: String] = [:]

    /// In float. The graph is folded or not.
    init(_ graph: Graph, _ parameters: Parameters) { self.init(graph, parameters, nil) }

    init(_ network: QuantizedNetwork) { self.init(network.graph, network.parameters, network) }

    private init(_ graph: Graph, _ parameters: Parameters, _ quantized: QuantizedNetwork?) {
        self.graph = graph
        self.parameters = parameters
        self.quantized = quantized
        taken = Set(["image"] + graph.outputs.map { $0.name.description })
        for (index, node) in graph.nodes.enumerated() {
            // Values that become bytes are handed out behind DequantizeLinear, by another name.
            let output = graph.outputs.first { $0.node == index && index != 0 && quantization(of: index) == nil }
            names.append(output?.name.description ?? unique(node.name.description))
        }
    }

    /// The model without name and metadata.
    func translated() throws(OcellusError) -> ONNXModel {
        var exporter = self
        for index in graph.nodes.indices {
            var value = try exporter.translate(index)
            if let quantization = quantization(of: index) {
                value.name = exporter.throughBytes(value.name, quantization, names[index])
            }
            exporter.values.append(value)
        }
        for output in graph.outputs {
            let (name, value) = (output.name.description, exporter.values[output.node])
            if value.name != name { exporter.add("Identity", [value.name], to: name) }
            let sizes = exporter.dimensions(of: output.node, value.layout)
            exporter.model.outputs.append(ONNXValue(name: name, element: .float, dimensions: sizes))
        }
        return exporter.model
    }

    /// The grid of a node's bytes, or nil for what is not kept in bytes.
    func quantization(of node: Int) -> ActivationQuantization? {
        guard let quantized, case .bytes(let quantization) = quantized.formats[node] else { return nil }
        return quantization
    }

    func dimensions(of node: Int, _ layout: Layout) -> [Int] {
        let shape = graph.nodes[node].shape
        switch layout {
        case .picture: return [shape.batch, shape.channels, shape.height, shape.width]
        case .rows: return [shape.batch, shape.height * shape.width, shape.channels]
        }
    }
}
