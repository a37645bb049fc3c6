// A folded model that is to learn much more: its batch normalisations come back. Without them every weight's size counts, and what
// a high rate does to one layer befalls all behind it. Theory: docs/training.md.
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
        try Parameter(dimensions: dimensions, values: Buffer(copying: UnsafeBufferPointer(values.elements)))
    }
}
