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
        executor = try FloatExecutor(network.graph, try network.realParameters(), retaining: retaining)
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
}
