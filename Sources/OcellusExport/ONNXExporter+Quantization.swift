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
        let weights = constant("\(output).weight") {
            ONNXTensor(
                Weights.order.map { declaration.dimensions[$0] },
                ONNXTensor.permuted(UnsafeBufferPointer(numbers.weights.elements), declaration.dimensions, Weights.order))
        }
        let channels = numbers.scales.count
        let scales = constant("\(output).weight.scale") { ONNXTensor([channels], Array(numbers.scales.elements)) }
        let real = add("DequantizeLinear", [weights, scales], [("axis", .integer(0))], to: unique("\(output).weight.real"))
        let inputScale = quantization(of: node.inputs[0])?.scale ?? 1
        let values = isFirst ? try biasOnPixels(operation, numbers, network.normalization.mean) : Array(numbers.bias.elements)
        let bias = constant("\(output).bias") { ONNXTensor([channels], values) }
        let biasScales = constant("\(output).bias.scale") {
            ONNXTensor([channels], numbers.scales.elements.map { inputScale * $0 })
        }
        let realBias = add("DequantizeLinear", [bias, biasScales], [("axis", .integer(0))], to: unique("\(output).bias.real"))
        let x = isFirst ? framed(operation.padding, network.normalization.mean) : try picture(node.inputs[0])
        let attributes = operation.attributes(padding: isFirst ? Padding(0) : nil)
        guard let fused = operation.activation, let clamp = quantization(of: index) else {
            return add("Conv", [x, real, realBias], attributes, to: output)
        }
        if clamp.includes(fused) { return add("Conv", [x, real, realBias], attributes, to: output) }
        let linear = add("Conv", [x, real, realBias], attributes, to: unique("\(output).linear"))
        // Piecewise linear, with corners on the grid: rounding before and after gives what rounding after gives, and the
        // convolution keeps the byte behind it that engines look for.
        let isClamp = fused == .relu || fused == .relu6
        return activation(fused, isClamp ? throughBytes(linear, clamp, "\(output).linear") : linear, to: output)
    }

    /// The picture with the rounded mean around it where the first convolution reads outside. A padding attribute
    /// knows one level for all channels.
    private mutating func framed(_ padding: Padding, _ mean: [Float]) -> String {
        let shape = graph.inputShape
        let levels = mean.map { UInt8(min(max($0.rounded(.toNearestOrEven), 0), 255)) }
        func border(_ height: Int, _ width: Int) -> ONNXTensor {
            var values: [UInt8] = []
            for _ in 0..<shape.batch {
                for level in levels { values += [UInt8](repeating: level, count: height * width) }
            }
            return ONNXTensor([shape.batch, levels.count, height, width], values)
        }
        var x = "image"
        if padding.top > 0 || padding.bottom > 0 {
            var parts = [x]
            if padding.top > 0 { parts.insert(constant("image.top") { border(padding.top, shape.width) }, at: 0) }
            if padding.bottom > 0 { parts.append(constant("image.bottom") { border(padding.bottom, shape.width) }) }
            x = add("Concat", parts, [("axis", .integer(2))], to: unique("image.tall"))
        }
        let height = shape.height + padding.top + padding.bottom
        if padding.left > 0 || padding.right > 0 {
            var parts = [x]
            if padding.left > 0 { parts.insert(constant("image.left") { border(height, padding.left) }, at: 0) }
            if padding.right > 0 { parts.append(constant("image.right") { border(height, padding.right) }) }
            x = add("Concat", parts, [("axis", .integer(3))], to: unique("image.framed"))
        }
        let scale = constant("image.scale") { ONNXTensor([], [1 as Float]) }
        let zeroPoint = constant("image.zero_point") { ONNXTensor([], [0 as UInt8]) }
        return add("DequantizeLinear", [x, scale, zeroPoint], to: unique("image.real"))
    }

    /// round(b - sum of weights * mean): the mean is subtracted here, so that it need not be whole. (8)
    private func biasOnPixels(
        _ operation: Convolution, _ numbers: QuantizedConvolution, _ mean: [Float]
    ) throws(OcellusError) -> [Int32] {
        guard operation.groups == 1, mean.count == graph.inputShape.channels else {
            throw OcellusError(.unsupported, "the first convolution must read all channels of the picture")
        }
        let each = numbers.weights.count / max(numbers.bias.count, 1)
        var result: [Int32] = []
        for channel in 0..<numbers.bias.count {
            var sum = 0.0
            for place in 0..<each {
                sum += Double(numbers.weights.pointer[channel * each + place]) * Double(mean[place % mean.count])
            }
            let start = (Double(numbers.bias.pointer[channel]) - sum).rounded(.toNearestOrEven)
            guard abs(start) < 0x1p30 else {
                throw OcellusError(.invalidData, "the bias of channel \(channel) of the first layer is out of range")
            }
            result.append(Int32(start))
        }
        return result
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
