// Integers back to real numbers: what simulation runs on and what training from an int8 model starts with.
import OcellusNetwork
import OcellusTensor

extension QuantizedNetwork {
    /// Real weights and biases that the integers stand for.
    public func realParameters() throws(OcellusError) -> Parameters {
        var parameters = self.parameters
        for (index, node) in graph.nodes.enumerated() {
            guard case .convolution(let convolution) = node.operation, let numbers = convolutions[index] else {
                continue
            }
            let weights = try Buffer<Float>(count: numbers.weights.count)
            let each = numbers.weights.count / max(convolution.outputChannels, 1)
            let isFirst = formats[node.inputs[0]] == .pixels
            for place in 0..<weights.count {
                var value = Float(numbers.weights.pointer[place]) * numbers.scales.pointer[place / each]
                // The integers of the first layer work on pixels; the float executor's picture is normalised.
                if isFirst { value /= normalization.scale[place % normalization.scale.count] }
                weights.pointer[place] = value
            }
            let declaration = graph.parameters[convolution.weight]
            parameters[declaration.name] = try Parameter(dimensions: declaration.dimensions, values: weights)
            guard let bias = convolution.bias else { continue }
            let values = try Buffer<Float>(count: numbers.bias.count)
            for channel in 0..<values.count {
                values.pointer[channel] =
                    Float(numbers.bias.pointer[channel]) * scale(of: node.inputs[0])
                    * numbers.scales.pointer[channel]
            }
            parameters[graph.parameters[bias].name] = try Parameter(
                dimensions: [values.count], values: values)
        }
        return parameters
    }
}
