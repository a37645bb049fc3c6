// What the translations of operations are written with: operators, constants with names of their own, and values in the
// layout that an operation wants.
import OcellusNetwork
import OcellusTensor

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
        let sizes = constant("\(value.name).sizes") {
            ONNXTensor([shape.batch, shape.height, shape.width, shape.channels])
        }
        let open = add("Reshape", [value.name, sizes], to: unique("\(value.name).positions"))
        return add("Transpose", [open], [("perm", .integers([0, 3, 1, 2]))], to: unique("\(value.name).picture"))
    }

    /// The real value of a node as [batch, positions, channels].
    mutating func rows(_ node: Int) throws(OcellusError) -> String {
        let value = values[node]
        if value.layout == .rows { return value.name }
        return try rows(node, columns: graph.nodes[node].shape.channels, to: unique("\(value.name).rows"))
    }

    /// A value cut into rows of `columns` numbers; in NHWC they already follow one another.
    mutating func rows(_ node: Int, columns: Int, to output: String) throws(OcellusError) -> String {
        let shape = graph.nodes[node].shape
        var source = values[node].name
        if values[node].layout == .picture {
            source = add(
                "Transpose", [try picture(node)], [("perm", .integers([0, 2, 3, 1]))], to: unique("\(output).nhwc"))
        }
        let sizes = constant("\(output).sizes") {
            ONNXTensor([shape.batch, shape.height * shape.width * (shape.channels / columns), columns])
        }
        return add("Reshape", [source, sizes], to: output)
    }
}
