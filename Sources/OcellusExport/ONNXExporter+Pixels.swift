// The first convolution in integers: it reads the picture's own bytes, and what the network subtracts from them is in its
// bias. Around the picture stands the mean, because zeros would be black. Equation (8) of docs/quantization.md.
import OcellusNetwork
import OcellusQuantization
import OcellusTensor

extension ONNXExporter {
    /// The picture with the rounded mean around it where the first convolution reads outside. A padding attribute
    /// knows one level for all channels.
    mutating func framed(_ padding: Padding, _ mean: [Float]) -> String {
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
    func biasOnPixels(
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
