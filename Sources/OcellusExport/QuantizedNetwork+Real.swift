// The real weights that a quantised network's integers stand for.
import OcellusNetwork
import OcellusQuantization
import OcellusTensor

extension QuantizedNetwork {
    /// Parameters of the folded graph for a normalised picture. (4), (8)
    func realParameters() throws(OcellusError) -> Parameters {
        var result = parameters
        for (index, node) in graph.nodes.enumerated() {
            guard case .convolution(let convolution) = node.operation, let numbers = convolutions[index] else {
                continue
            }
            var inputScale: Float = 1
            if case .bytes(let quantization) = formats[node.inputs[0]] { inputScale = quantization.scale }
            // On pixels the picture's scale is in the integers; a normalised picture brings its own.
            let factors = formats[node.inputs[0]] == .pixels ? normalization.scale : [1]
            let weights = try Buffer<Float>(count: numbers.weights.count)
            let each = weights.count / max(numbers.scales.count, 1)
            for place in 0..<weights.count {
                weights.pointer[place] =
                    Float(numbers.weights.pointer[place]) * numbers.scales.pointer[place / each]
                    / factors[place % factors.count]
            }
            let declaration = graph.parameters[convolution.weight]
            result[declaration.name] = try Parameter(dimensions: declaration.dimensions, values: weights)
            guard let bias = convolution.bias else { continue }
            let values = try Buffer<Float>(count: numbers.bias.count)
            for channel in 0..<values.count {
                values.pointer[channel] =
                    Float(numbers.bias.pointer[channel]) * inputScale * numbers.scales.pointer[channel]
            }
            result[graph.parameters[bias].name] = try Parameter(dimensions: [values.count], values: values)
        }
        return result
    }
}
