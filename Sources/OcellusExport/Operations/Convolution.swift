// Convolutions in float. Weights become [output, input, height, width]; padding may differ from side to side.
import OcellusNetwork
import OcellusTensor

extension ONNXExporter {
    mutating func convolution(_ operation: Convolution, _ index: Int) throws(OcellusError) -> String {
        if let quantized { return try integerConvolution(operation, index, quantized) }
        let node = graph.nodes[index]
        var inputs = [try picture(node.inputs[0]), try parameter(operation.weight, order: Weights.order)]
        if let bias = operation.bias { inputs.append(try parameter(bias)) }
        let output = names[index]
        guard let fused = operation.activation else { return add("Conv", inputs, operation.attributes(), to: output) }
        let linear = add("Conv", inputs, operation.attributes(), to: unique("\(output).linear"))
        return activation(fused, linear, to: output)
    }

    mutating func transposedConvolution(
        _ operation: TransposedConvolution, _ node: Node, to output: String
    ) throws(OcellusError) -> String {
        // [input, height, width, output] -> [input, output, height, width]
        var inputs = [try picture(node.inputs[0]), try parameter(operation.weight, order: [0, 3, 1, 2])]
        if let bias = operation.bias { inputs.append(try parameter(bias)) }
        func both(_ value: Int) -> ONNXAttribute { .integers([value, value]) }
        return add(
            "ConvTranspose", inputs,
            [
                ("kernel_shape", both(operation.kernel)), ("output_padding", both(operation.outputPadding)),
                ("pads", .integers([Int](repeating: operation.padding, count: 4))), ("strides", both(operation.stride)),
            ], to: output)
    }
}

extension Convolution {
    /// ONNX's attributes, with this padding instead of the operation's own if given.
    func attributes(padding: Padding? = nil) -> [(name: String, value: ONNXAttribute)] {
        let around = padding ?? self.padding
        return [
            ("dilations", .integers([dilation, dilation])), ("group", .integer(groups)),
            ("kernel_shape", .integers([kernelHeight, kernelWidth])),
            ("pads", .integers([around.top, around.left, around.bottom, around.right])),
            ("strides", .integers([stride, stride])),
        ]
    }
}
