// Quantised inference in float: weights and values are rounded to their grids, sums are not. It is what training for
// quantisation runs on, and it agrees with the integer executor to one step a node.
import OcellusNetwork
import OcellusTensor

/// The float executor with fake quantisation (arXiv 1712.05877).
public final class Simulation {
    public let network: QuantizedNetwork
    public let executor: FloatExecutor

    /// - Parameter retaining: keep every node's value until the next run.
    public init(_ network: QuantizedNetwork, retaining: Bool = false) throws(OcellusError) {
        self.network = network
        executor = try FloatExecutor(network.graph, try Simulation.rounded(network), retaining: retaining)
    }

    /// Where the caller writes the picture, [height, width, channels], normalised whole pixels.
    public var input: UnsafeMutablePointer<Float> { executor.input }

    /// One inference; every value is rounded to its grid as soon as it is there, then shown to `observe`.
    public func run(_ observe: (_ node: Int, _ value: UnsafeMutablePointer<Float>) -> Void = { _, _ in }) {
        executor.run { node, _ in
            round(node)
            observe(node, executor.value(of: node))
        }
    }

    private func round(_ node: Int) {
        guard case .bytes(let quantization) = network.formats[node] else { return }
        let shape = network.graph.nodes[node].shape
        let stride = executor.plan.places[node].stride
        let values = executor.value(of: node)
        for position in 0..<shape.positions {
            for channel in 0..<shape.channels {
                let index = position &* stride &+ channel
                values[index] = quantization.dequantize(quantization.quantize(values[index]))
            }
        }
    }

    /// Real weights and biases that the integers stand for.
    private static func rounded(_ network: QuantizedNetwork) throws(OcellusError) -> Parameters {
        var parameters = network.parameters
        for (index, node) in network.graph.nodes.enumerated() {
            guard case .convolution(let convolution) = node.operation, let numbers = network.convolutions[index] else {
                continue
            }
            let weights = try Buffer<Float>(count: numbers.weights.count)
            let each = numbers.weights.count / max(convolution.outputChannels, 1)
            let isFirst = network.formats[node.inputs[0]] == .pixels
            for place in 0..<weights.count {
                var value = Float(numbers.weights.pointer[place]) * numbers.scales.pointer[place / each]
                // The integers of the first layer work on pixels; the float executor's picture is normalised.
                if isFirst { value /= network.normalization.scale[place % network.normalization.scale.count] }
                weights.pointer[place] = value
            }
            let declaration = network.graph.parameters[convolution.weight]
            parameters[declaration.name] = try Parameter(dimensions: declaration.dimensions, values: weights)
            guard let bias = convolution.bias else { continue }
            let values = try Buffer<Float>(count: numbers.bias.count)
            for channel in 0..<values.count {
                values.pointer[channel] =
                    Float(numbers.bias.pointer[channel]) * network.scale(of: node.inputs[0])
                    * numbers.scales.pointer[channel]
            }
            parameters[network.graph.parameters[bias].name] = try Parameter(
                dimensions: [values.count], values: values)
        }
        return parameters
    }
}
