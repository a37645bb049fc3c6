// Gives the channels in front of a depthwise convolution one size, so that the byte they share serves all of them. The
// float network stays what it was. Theory: docs/quantization.md, after Nagel et al. (arXiv 1906.04721).
import OcellusNetwork
import OcellusTensor

/// Looks at the channels of a folded network on pictures and scales its weights, before calibration.
///
/// A convolution's output channel is divided by a factor, and the weight of the only reader, a depthwise convolution, is
/// multiplied by it. Weights have a scale a channel on both sides, so nothing is lost there. (11)
public final class Equalization {
    /// A convolution and the depthwise one that alone reads it.
    private struct Pair {
        let producer: Int
        let reader: Int
        /// The ends of ReLU6 do not move with the weights: its 6 becomes the channel's largest value.
        let isLimited: Bool
        var largest: [Float]
    }

    private let graph: Graph
    private let parameters: Parameters
    private let executor: FloatExecutor
    private var pairs: [Pair]
    public private(set) var count = 0

    /// No channel is enlarged more than this: one that was hardly seen may become larger later.
    static let mostGain: Float = 64

    /// `graph` has batch normalisation and activations folded.
    public init(_ graph: Graph, _ parameters: Parameters) throws(OcellusError) {
        self.graph = graph
        self.parameters = parameters
        executor = try FloatExecutor(graph, parameters)
        pairs = Equalization.pairs(graph)
    }

    /// Where the caller writes the next normalised picture, [height, width, channels].
    public var input: UnsafeMutablePointer<Float> { executor.input }

    /// Looks at the picture in `input`.
    public func observe() {
        var next = 0
        executor.run { node, _ in
            guard next < pairs.count, pairs[next].producer == node else { return }
            add(node, &pairs[next].largest)
            next += 1
        }
        count += 1
    }

    /// The parameters of the same function. Throws `.invalidArgument` when no picture was seen.
    public func equalized() throws(OcellusError) -> Parameters {
        guard count > 0 else {
            throw OcellusError(.invalidArgument, "calibration needs pictures, and none was given")
        }
        var result = parameters
        for pair in pairs {
            let factors = Equalization.factors(pair.largest, isLimited: pair.isLimited)
            guard case .convolution(let producer) = graph.nodes[pair.producer].operation,
                case .convolution(let reader) = graph.nodes[pair.reader].operation
            else { continue }
            let inverse = factors.map { 1 / $0 }
            try scale(&result, producer.weight, by: inverse)
            if let bias = producer.bias { try scale(&result, bias, by: inverse) }
            try scale(&result, reader.weight, by: factors)
        }
        return result
    }

    /// Factors that bring every channel to the size of the largest (11), or to the 6 of ReLU6 (12).
    static func factors(_ largest: [Float], isLimited: Bool) -> [Float] {
        let target = isLimited ? 6 : largest.reduce(0, max)
        return largest.map { size in
            // A channel that is always 0, or not a number, is left alone.
            guard size > 0, size < .infinity, target < .infinity else { return 1 }
            return max(size / target, 1 / mostGain)
        }
    }

    /// Multiplies each output channel of a weight, or each number of a bias.
    private func scale(_ result: inout Parameters, _ index: Int, by factors: [Float]) throws(OcellusError) {
        let old = try result.required(graph.parameters[index])
        let values = try Buffer<Float>(count: old.values.count)
        // A depthwise convolution may have several outputs a channel.
        let each = values.count / factors.count
        for place in 0..<values.count { values.pointer[place] = old.values.pointer[place] * factors[place / each] }
        result[graph.parameters[index].name] = try Parameter(dimensions: old.dimensions, values: values)
    }

    private func add(_ node: Int, _ largest: inout [Float]) {
        let shape = graph.nodes[node].shape
        let stride = executor.plan.places[node].stride
        let values = executor.value(of: node)
        for position in 0..<shape.positions {
            for channel in 0..<shape.channels {
                largest[channel] = max(largest[channel], abs(values[position &* stride &+ channel]))
            }
        }
    }

    private static func pairs(_ graph: Graph) -> [Pair] {
        let uses = graph.useCounts
        var readers = [Int](repeating: 0, count: graph.parameters.count)
        for node in graph.nodes {
            guard case .convolution(let convolution) = node.operation else { continue }
            readers[convolution.weight] += 1
            if let bias = convolution.bias { readers[bias] += 1 }
        }
        func isAlone(_ convolution: Convolution) -> Bool {
            readers[convolution.weight] == 1 && convolution.bias.map { readers[$0] == 1 } ?? true
        }
        var pairs: [Pair] = []
        for (index, node) in graph.nodes.enumerated() {
            guard case .convolution(let reader) = node.operation, uses[node.inputs[0]] == 1, isAlone(reader),
                case .convolution(let producer) = graph.nodes[node.inputs[0]].operation, isAlone(producer)
            else { continue }
            let channels = graph.nodes[node.inputs[0]].shape.channels
            guard reader.groups == channels, channels > 1 else { continue }
            let isLimited: Bool
            switch producer.activation {
            case nil, .relu: isLimited = false
            case .relu6: isLimited = true
            case .leakyReLU, .sigmoid, .exponential: continue
            }
            pairs.append(
                Pair(
                    producer: node.inputs[0], reader: index, isLimited: isLimited,
                    largest: [Float](repeating: 0, count: channels)))
        }
        // In the order in which `observe` meets them.
        return pairs.sorted { $0.producer < $1.producer }
    }
}
