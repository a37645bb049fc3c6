// The convolutions of a network that a batch normalisation follows, and how it gets numbers that were measured.
import CTrainingKernels
import OcellusNetwork
import OcellusTensor

/// A convolution without bias that a batch normalisation follows.
struct NormalizedLayer {
    let node: Int
    let convolution: Convolution
    let normalization: BatchNormalization

    static func all(of graph: Graph) -> [NormalizedLayer] {
        graph.nodes.compactMap { node in
            guard case .batchNormalization(let normalization) = node.operation,
                case .convolution(let convolution) = graph.nodes[node.inputs[0]].operation
            else { return nil }
            return NormalizedLayer(node: node.inputs[0], convolution: convolution, normalization: normalization)
        }
    }

    /// Puts what was measured into normalisations that do nothing yet, and makes up for it.
    func normalize(_ parameters: Parameters, of graph: Graph, _ moments: ChannelMoments) throws(OcellusError) {
        func values(_ index: Int) throws(OcellusError) -> UnsafeMutablePointer<Float> {
            try parameters.required(graph.parameters[index]).values.pointer
        }
        let declaration = graph.parameters[convolution.weight]
        let each = declaration.count / convolution.outputChannels
        let weight = try values(convolution.weight)
        let (scale, shift) = (try values(normalization.scale), try values(normalization.shift))
        let (mean, variance) = (try values(normalization.mean), try values(normalization.variance))
        let wanted = Initialization.deviation(declaration.dimensions) * Double(each).squareRoot()
        for channel in 0..<convolution.outputChannels {
            let filter = weight + channel * each
            let size = otk_sum_of_squares(filter, each).squareRoot()
            let factor = size > 0 ? wanted / size : 1
            otk_scale(filter, Float(factor), each)
            let spread = moments.variances[channel] * factor * factor
            mean[channel] = Float(moments.means[channel] * factor)
            variance[channel] = Float(spread)
            scale[channel] = Float((spread + Double(normalization.epsilon)).squareRoot() / factor)
            shift[channel] += Float(moments.means[channel])
        }
    }
}
