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
    private(set) var model = ONNXModel()
    /// The real value of each node translated so far.
    private var values: [(name: String, layout: Layout)] = []
    /// The name of each node's last operator.
    private(set) var names: [String] = []
    private var taken: Set<String> = []
    private var constants: [String: String] = [:]

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

// What the operations' translations are written with.
extension ONNXExporter {
    mutating func input(_ element: ONNXElement) -> (name: String, layout: Layout) {
        model.inputs.append(ONNXValue(name: "image", element: element, dimensions: dimensions(of: 0, .picture)))
        return ("image", .picture)
    }

    @discardableResult
    mutating func add(
        _ kind: String, _ inputs: [String], _ attributes: [(name: String, value: ONNXAttribute)] = [], to output: String
    ) -> String {
        model.nodes.append(ONNXNode(kind: kind, inputs: inputs, output: output, attributes: attributes))
        return output
    }

    /// A constant's name. Asked twice for one `key`, it makes one constant.
    mutating func constant(_ key: String, _ tensor: () -> ONNXTensor) -> String {
        if let name = constants[key] { return name }
        let name = unique(key)
        constants[key] = name
        model.constants.append((name, tensor()))
        return name
    }

    /// `name`, or `name` with a number when something else has it.
    mutating func unique(_ name: String) -> String {
        var candidate = name
        var number = 2
        while !taken.insert(candidate).inserted {
            candidate = "\(name).\(number)"
            number += 1
        }
        return candidate
    }

    /// The real value of a node as [batch, channels, height, width].
    mutating func picture(_ node: Int) throws(OcellusError) -> String {
        let value = values[node]
        if quantized?.formats[node] == .pixels {
            throw OcellusError(.unsupported, "in int8 only a convolution can read the picture")
        }
        guard value.layout == .rows else { return value.name }
        let shape = graph.nodes[node].shape
        let sizes = constant("\(value.name).sizes") { ONNXTensor([shape.batch, shape.height, shape.width, shape.channels]) }
        let open = add("Reshape", [value.name, sizes], to: unique("\(value.name).positions"))
        return add("Transpose", [open], [("perm", .integers([0, 3, 1, 2]))], to: unique("\(value.name).picture"))
    }

    /// The real value of a node as [batch, positions, channels].
    mutating func rows(_ node: Int) throws(OcellusError) -> String {
        let value = values[node]
        if value.layout == .rows { return value.name }
        return try rows(node, columns: graph.nodes[node].shape.channels, to: unique("\(value.name).rows"))
    }

    /// A picture cut into rows of `columns` numbers; in NHWC they already follow one another.
    mutating func rows(_ node: Int, columns: Int, to output: String) throws(OcellusError) -> String {
        let shape = graph.nodes[node].shape
        let picture = try picture(node)
        let behind = add("Transpose", [picture], [("perm", .integers([0, 2, 3, 1]))], to: unique("\(output).nhwc"))
        let sizes = constant("\(output).sizes") {
            ONNXTensor([shape.batch, shape.height * shape.width * (shape.channels / columns), columns])
        }
        return add("Reshape", [behind, sizes], to: output)
    }
}
