// A folded model that is to learn much more: its batch normalisations come back. Without them every weight's size counts, and what
// a high rate does to one layer befalls all behind it. Theory: docs/training.md.
import CTrainingKernels
import OcellusData
import OcellusModels
import OcellusNetwork
import OcellusTensor

extension Model {
    /// The same function with normalisations: means and variances are measured on `samples` pictures of `source`, and
    /// scales and shifts are such that nothing changes at inference. Filters get the size that they would start with,
    /// which normalisation makes mean nothing.
    ///
    /// An int8 model becomes the float model its integers stand for; one with normalisations comes back as it is. Throws
    /// `.invalidArgument` for samples of another size than the input, and what reading pictures throws.
    public func unfolded(
        on source: SampleSource, samples: Int = 256, threads: Int = 1
    ) throws(OcellusError) -> Model {
        try unfolded(
            on: BatchReader(source, description.preprocessing, threads: threads), samples: samples, threads: threads)
    }

    func unfolded(on reader: any BatchMaker, samples: Int, threads: Int) throws(OcellusError) -> Model {
        if quantized != nil { return try dequantized().unfolded(on: reader, samples: samples, threads: threads) }
        guard description.isFolded else { return self }
        var description = description
        description.isFolded = false
        let graph = try description.declare()
        let layers = NormalizedLayer.all(of: graph)
        let bare = try unfolded(graph, layers)
        let moments = try ChannelMoments.measure(
            graph, bare, nodes: layers.map(\.node), reader: reader, samples: samples, threads: threads)
        for (layer, moment) in zip(layers, moments) { try layer.normalize(bare, of: graph, moment) }
        return try Model(description, bare)
    }

    /// Parameters of `graph` with normalisations that do nothing.
    private func unfolded(_ graph: Graph, _ layers: [NormalizedLayer]) throws(OcellusError) -> Parameters {
        let folding = Folding(graph)
        var result = Parameters()
        for layer in layers {
            guard case .convolution(let folded) = folding.graph.nodes[folding.places[layer.node]].operation,
                let bias = folded.bias
            else { continue }
            let weight = try parameters.required(folding.graph.parameters[folded.weight]).copied()
            result[graph.parameters[layer.convolution.weight].name] = weight
            let shift = try parameters.required(folding.graph.parameters[bias]).copied()
            func constant(_ value: Float) throws(OcellusError) -> Parameter {
                let values = try Buffer<Float>(count: shift.values.count)
                values.pointer.update(repeating: value, count: values.count)
                return try Parameter(dimensions: shift.dimensions, values: values)
            }
            let epsilon = layer.normalization.epsilon
            result[graph.parameters[layer.normalization.shift].name] = shift
            result[graph.parameters[layer.normalization.scale].name] = try constant(1)
            result[graph.parameters[layer.normalization.mean].name] = try constant(0)
            result[graph.parameters[layer.normalization.variance].name] = try constant(1 - epsilon)
        }
        for declaration in graph.parameters where result[declaration.name] == nil {
            result[declaration.name] = try parameters.required(declaration).copied()
        }
        return result
    }
}

extension Parameter {
    fileprivate func copied() throws(OcellusError) -> Parameter {
        let values = try Buffer<Float>(count: self.values.count)
        values.pointer.update(from: self.values.pointer, count: values.count)
        return try Parameter(dimensions: dimensions, values: values)
    }
}

/// A convolution without bias that a batch normalisation follows.
private struct NormalizedLayer {
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

/// Mean and variance of each channel of a value over pictures and places.
private struct ChannelMoments {
    var means: [Double]
    var variances: [Double]

    static func measure(
        _ graph: Graph, _ parameters: Parameters, nodes: [Int], reader: any BatchMaker, samples: Int, threads: Int
    ) throws(OcellusError) -> [ChannelMoments] {
        let pool = try ThreadPool(threads: threads)
        let executors = try FloatExecutor.workers(threads, graph.exposing(nodes), parameters)
        let input = try Buffer<Float>(count: threads * graph.inputShape.count)
        var sums = nodes.map { [Double](repeating: 0, count: graph.nodes[$0].shape.channels) }
        var squares = sums
        for first in stride(from: 0, to: samples, by: threads) {
            let count = min(threads, samples - first)
            _ = try reader.read(first: first, count: count, into: input.pointer, pool)
            pool.run(chunks: count) { picture, _ in
                executors[picture].input.update(
                    from: input.pointer + picture * graph.inputShape.count, count: graph.inputShape.count)
                executors[picture].run()
            }
            for picture in 0..<count {
                for (place, node) in nodes.enumerated() {
                    add(executors[picture].value(of: node), graph.nodes[node].shape, &sums[place], &squares[place])
                }
            }
        }
        return nodes.indices.map { place in
            let count = Double(max(samples, 1) * graph.nodes[nodes[place]].shape.positions)
            let means = sums[place].map { $0 / count }
            return ChannelMoments(
                means: means, variances: zip(squares[place], means).map { max(0, $0 / count - $1 * $1) })
        }
    }

    private static func add(
        _ values: UnsafePointer<Float>, _ shape: Shape, _ sums: inout [Double], _ squares: inout [Double]
    ) {
        for position in 0..<shape.positions {
            for channel in 0..<shape.channels {
                let value = Double(values[position * shape.channels + channel])
                sums[channel] += value
                squares[channel] += value * value
            }
        }
    }
}
