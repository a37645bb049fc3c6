// Scores moved after training: how sure a network is of what small anchors or one class see depends on which rows its losses
// chose, and need not fit the pictures it will look at. Theory: docs/training.md.
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
        var parameters = parameters
        var convolutions = quantized?.convolutions ?? []
        var first = 0
        var reached = Set<Float>()
        for (index, node) in graph.nodes.enumerated() {
            guard let declaration = classBias(of: node) else { continue }
            let columns = description.labels.count + 1
            let offsets = (0..<declaration.count).map { channel -> Float in
                guard channel % columns > 0 else { return 0 }
                let anchor = anchors.boxes[first + channel / columns]
                let area = anchor.width * Float(anchors.inputWidth) * anchor.height * Float(anchors.inputHeight)
                let size = area.squareRoot()
                reached.formUnion(adjustment.sizes.map(\.limit).filter { ScoreAdjustment.fits(size, $0) })
                return adjustment.offset(size: size, label: channel % columns - 1)
            }
            first += node.shape.height * node.shape.width * declaration.count / columns
            if let quantized, let convolution = quantized.convolutions[index] {
                convolutions[index] = try convolution.adding(offsets, inputScale: quantized.inputScale(of: node))
            } else {
                parameters[declaration.name] = try parameters.required(declaration).adding(offsets)
            }
        }
        if let size = adjustment.sizes.first(where: { !reached.contains($0.limit) }) {
            throw OcellusError(
                .invalidArgument, "\(description.architecture.name) has no anchors of at most \(size.limit) pixels")
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

extension QuantizedNetwork {
    fileprivate func inputScale(of node: Node) -> Float {
        guard case .bytes(let quantization)? = node.inputs.first.map({ formats[$0] }) else { return 1 }
        return quantization.scale
    }
}

extension QuantizedConvolution {
    fileprivate func adding(_ offsets: [Float], inputScale: Float) throws(OcellusError) -> QuantizedConvolution {
        let sum = try Buffer<Int32>(count: bias.count)
        for channel in 0..<sum.count {
            let steps = Double(offsets[channel]) / (Double(inputScale) * Double(scales.pointer[channel]))
            let value = Double(bias.pointer[channel]) + steps.rounded(.toNearestOrEven)
            guard abs(value) < Double(QuantizedConvolution.biasLimit) else {
                throw OcellusError(.invalidData, "the bias of output channel \(channel) would be too large for int8")
            }
            sum.pointer[channel] = Int32(value)
        }
        return QuantizedConvolution(weights: weights, scales: scales, bias: sum)
    }
}
