// Pooling and nearest upsampling, put so that every engine computes our sizes and our indices.
import OcellusNetwork
import OcellusTensor

extension ONNXExporter {
    /// Engines disagree on ceil mode; padding behind the picture says the same without it. Maxima ignore padding, and
    /// so do averages with `count_include_pad` 0.
    mutating func pooling(_ operation: Pooling, _ node: Node, to output: String) throws(OcellusError) -> String {
        let (input, size) = (graph.nodes[node.inputs[0]].shape, node.shape)
        func behind(_ length: Int, _ result: Int) -> Int {
            max(0, (result - 1) * operation.stride + operation.kernel - length - operation.padding)
        }
        var attributes: [(name: String, value: ONNXAttribute)] = [
            ("kernel_shape", .integers([operation.kernel, operation.kernel])),
            (
                "pads",
                .integers([
                    operation.padding, operation.padding, behind(input.height, size.height),
                    behind(input.width, size.width),
                ])
            ),
            ("strides", .integers([operation.stride, operation.stride])),
        ]
        if operation.kind == .average { attributes.append(("count_include_pad", .integer(0))) }
        return add(
            operation.kind == .maximum ? "MaxPool" : "AveragePool", [try picture(node.inputs[0])], attributes,
            to: output)
    }

    /// Source index floor(i * source / size). Resize computes it in float: where that could go wrong, the indices are
    /// written out.
    mutating func upsampling(_ node: Node, to output: String) throws(OcellusError) -> String {
        let (input, size) = (graph.nodes[node.inputs[0]].shape, node.shape)
        let x = try picture(node.inputs[0])
        guard isExactInFloat(input.height, size.height), isExactInFloat(input.width, size.width) else {
            let rows = add(
                "Gather", [x, indices(input.height, size.height)], [("axis", .integer(2))], to: unique("\(output).rows")
            )
            return add("Gather", [rows, indices(input.width, size.width)], [("axis", .integer(3))], to: output)
        }
        let sizes = constant("\(output).sizes") { ONNXTensor([size.batch, size.channels, size.height, size.width]) }
        return add(
            "Resize", [x, "", "", sizes],
            [
                ("coordinate_transformation_mode", .string("asymmetric")), ("mode", .string("nearest")),
                ("nearest_mode", .string("floor")),
            ], to: output)
    }

    private mutating func indices(_ source: Int, _ size: Int) -> String {
        constant("nearest.\(source).\(size)") { ONNXTensor((0..<size).map { $0 * source / size }) }
    }

    /// Whether dividing by the factor and multiplying by its inverse both give our indices.
    private func isExactInFloat(_ source: Int, _ size: Int) -> Bool {
        let (factor, inverse) = (Float(size) / Float(source), Float(source) / Float(size))
        return (0..<size).allSatisfy {
            let expected = Float($0 * source / size)
            return (Float($0) / factor).rounded(.down) == expected && (Float($0) * inverse).rounded(.down) == expected
                && (Float($0) * (1 / factor)).rounded(.down) == expected
        }
    }
}
