// Integers in ONNX: every value that our engine keeps in bytes passes QuantizeLinear and DequantizeLinear, weights and
// biases come out of DequantizeLinear. Engines fuse these with the operator between. Equations: docs/quantization.md.
import OcellusNetwork
import OcellusQuantization
import OcellusTensor

extension ONNXExporter {
    /// A real value rounded to its grid. (1), (3)
    mutating func throughBytes(_ value: String, _ quantization: ActivationQuantization, _ name: String) -> String {
        let scale = constant("\(name).scale") { ONNXTensor([], [quantization.scale]) }
        let zeroPoint = constant("\(name).zero_point") { ONNXTensor([], [quantization.zeroPoint]) }
        let bytes = add("QuantizeLinear", [value, scale, zeroPoint], to: unique("\(name).bytes"))
        return add("DequantizeLinear", [bytes, scale, zeroPoint], to: unique("\(name).real"))
    }

    /// A convolution on bytes, exactly our integers: the products' sum with its bias is that of (6).
    mutating func integerConvolution(
        _ operation: Convolution, _ index: Int, _ network: QuantizedNetwork
    ) throws(OcellusError) -> String {
        let (node, output) = (graph.nodes[index], names[index])
        guard let numbers = network.convolutions[index] else {
            throw OcellusError(.invalidData, "layer \(node.name) has no integer weights")
        }
        let isFirst = network.formats[node.inputs[0]] == .pixels
        let declaration = graph.parameters[operation.weight]
        let values =
            isFirst ? try biasOnPixels(operation, numbers, network.normalization.mean) : Array(numbers.bias.elements)
        let bias = realBias(values, numbers, inputScale: quantization(of: node.inputs[0])?.scale ?? 1, output)
        let scales = constant("\(output).weight.scale") {
            ONNXTensor([numbers.scales.count], Array(numbers.scales.elements))
        }
        let weights = constant("\(output).weight") {
            ONNXTensor(
                Weights.order.map { declaration.dimensions[$0] },
                ONNXTensor.permuted(
                    UnsafeBufferPointer(numbers.weights.elements), declaration.dimensions, Weights.order))
        }
        let real = add(
            "DequantizeLinear", [weights, scales], [("axis", .integer(0))], to: unique("\(output).weight.real"))
        let x = isFirst ? framed(operation.padding, network.normalization.mean) : try picture(node.inputs[0])
        let attributes = operation.attributes(padding: isFirst ? Padding(0) : nil)
        let grid = quantization(of: index)
        guard let fused = operation.activation, grid?.includes(fused) != true else {
            return add("Conv", [x, real, bias], attributes, to: output)
        }
        let linear = add("Conv", [x, real, bias], attributes, to: unique("\(output).linear"))
        // A clamp between grid points may as well come after rounding, and the convolution then has the byte behind it
        // that engines look for.
        guard let grid, fused == .relu || fused == .relu6 else {
            return activation(fused, linear, to: output)
        }
        return activation(fused, throughBytes(linear, grid, "\(output).linear"), to: output)
    }

    /// In units of the products. (5)
    private mutating func realBias(
        _ values: [Int32], _ numbers: QuantizedConvolution, inputScale: Float, _ output: String
    ) -> String {
        let bias = constant("\(output).bias") { ONNXTensor([values.count], values) }
        let scales = constant("\(output).bias.scale") {
            ONNXTensor([values.count], numbers.scales.elements.map { inputScale * $0 })
        }
        return add("DequantizeLinear", [bias, scales], [("axis", .integer(0))], to: unique("\(output).bias.real"))
    }
}

extension ActivationQuantization {
    /// Whether bytes of this grid cannot leave what the activation allows: then saturation is the activation.
    fileprivate func includes(_ activation: Activation) -> Bool {
        switch activation {
        case .relu: return zeroPoint == 0
        case .relu6: return zeroPoint == 0 && quantize(6) == 255
        case .leakyReLU, .sigmoid, .exponential: return false
        }
    }
}
