// Scores moved after training: in pictures unlike those it learnt from a network may be too sure of what small anchors or one
// class see. Theory: docs/training.md.
import OcellusDetection
import OcellusModels
import OcellusNetwork
import OcellusQuantization
import OcellusTensor

extension Model {
    /// The same network with other biases of its class heads: float or int8, folded or not, as it was.
    ///
    /// Throws `.invalidArgument` for numbers beyond 20, sizes that are not above 0, classes that it lacks, and sizes below all of its
    /// anchors'; `.invalidData` when a bias would leave what an int8 model can hold.
    public func adjustingScores(_ adjustment: ScoreAdjustment) throws(OcellusError) -> Model {
        try adjustment.check(labels: description.labels.count)
        let anchors = try description.architecture.anchors(description.preprocessing)
        let sizes = anchors.boxes.map {
            ($0.width * Float(anchors.inputWidth) * $0.height * Float(anchors.inputHeight)).squareRoot()
        }
        let smallest = sizes.min() ?? 0
        if let size = adjustment.sizes.first(where: { !ScoreAdjustment.fits(smallest, $0.limit) }) {
            throw OcellusError(
                .invalidArgument, "\(description.architecture.name) has no anchors of at most \(size.limit) pixels")
        }
        var parameters = parameters
        var convolutions = quantized?.convolutions ?? []
        let columns = description.labels.count + 1
        var first = 0
        for (index, node) in graph.nodes.enumerated() {
            guard let declaration = classBias(of: node) else { continue }
            let offsets = (0..<declaration.count).map { channel -> Float in
                guard channel % columns > 0 else { return 0 }
                return adjustment.offset(size: sizes[first + channel / columns], label: channel % columns - 1)
            }
            first += node.shape.height * node.shape.width * declaration.count / columns
            if let quantized, let convolution = quantized.convolutions[index] {
                convolutions[index] = try convolution.adding(offsets, inputScale: quantized.scale(of: node.inputs[0]))
            } else {
                parameters[declaration.name] = try parameters.required(declaration).adding(offsets)
            }
        }
        guard let quantized else { return try Model(description, parameters) }
        return Model(
            description,
            QuantizedNetwork(
                graph: quantized.graph, normalization: quantized.normalization, formats: quantized.formats,
                convolutions: convolutions, parameters: quantized.parameters))
    }

    /// The bias of a class head: one number for each anchor of a cell and class, the background first.
    private func classBias(of node: Node) -> ParameterDeclaration? {
        for index in node.operation.parameters {
            let declaration = graph.parameters[index]
            if declaration.role == .bias, description.architecture.part(of: declaration.name) == .classHead {
                return declaration
            }
        }
        return nil
    }
}

extension Parameter {
    fileprivate func adding(_ offsets: [Float]) throws(OcellusError) -> Parameter {
        let sum = try Buffer<Float>(count: values.count)
        for index in 0..<sum.count { sum.pointer[index] = values.pointer[index] + offsets[index] }
        return try Parameter(dimensions: dimensions, values: sum)
    }
}

extension QuantizedConvolution {
    fileprivate func adding(_ offsets: [Float], inputScale: Float) throws(OcellusError) -> QuantizedConvolution {
        let sum = try Buffer<Int32>(count: bias.count)
        for channel in 0..<sum.count {
            sum.pointer[channel] = try QuantizedConvolution.biasSteps(
                offsets[channel], addedTo: bias.pointer[channel], inputScale: inputScale,
                scale: scales.pointer[channel], channel: channel)
        }
        return QuantizedConvolution(weights: weights, scales: scales, bias: sum)
    }
}
