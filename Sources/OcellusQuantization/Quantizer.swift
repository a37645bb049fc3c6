// From a float network and the ranges of its values to integers. Theory: docs/quantization.md.
import OcellusNetwork
import OcellusTensor

/// Post-training quantisation of a folded network.
public struct Quantizer {
    private let graph: Graph
    private let parameters: Parameters
    private let normalization: PixelNormalization

    /// `graph` has batch normalisation and activations folded; the picture has as many channels as the normalisation.
    public init(_ graph: Graph, _ parameters: Parameters, _ normalization: PixelNormalization) {
        self.graph = graph
        self.parameters = parameters
        self.normalization = normalization
    }

    /// - Parameter ranges: of each node's real values, as calibration or training found them.
    ///
    /// Throws `.invalidData` that names the layer when a range is empty or not finite, `.invalidArgument` when a
    /// parameter or a range is missing, `.unsupported` when anything but convolutions reads the picture.
    public func quantize(ranges: [ValueRange]) throws(OcellusError) -> QuantizedNetwork {
        guard ranges.count == graph.nodes.count else {
            throw OcellusError(.invalidArgument, "\(ranges.count) ranges for \(graph.nodes.count) values: one each")
        }
        try checkPicture()
        let formats = try formats(ranges)
        var convolutions = [QuantizedConvolution?](repeating: nil, count: graph.nodes.count)
        for (index, node) in graph.nodes.enumerated() {
            guard case .convolution(let convolution) = node.operation else { continue }
            do throws(OcellusError) {
                convolutions[index] = try quantize(convolution, node, formats)
            } catch {
                throw OcellusError(error.code, "layer \(node.name): \(error.message)")
            }
        }
        return QuantizedNetwork(
            graph: graph, normalization: normalization, formats: formats, convolutions: convolutions,
            parameters: parameters)
    }

    /// Only a convolution can take the picture's scale into its weights. (8)
    private func checkPicture() throws(OcellusError) {
        for node in graph.nodes where node.inputs.contains(0) {
            if case .convolution = node.operation { continue }
            throw OcellusError(
                .unsupported,
                "layer \(node.name): \(node.operation.title) cannot read the picture in integers: only convolutions can"
            )
        }
        for output in graph.outputs where output.node == 0 {
            throw OcellusError(.unsupported, "output \(output.name) is the picture itself")
        }
    }

    private func formats(_ ranges: [ValueRange]) throws(OcellusError) -> [ValueFormat] {
        let groups = ValueGroups(graph)
        var joined = [ValueRange](repeating: .empty, count: graph.nodes.count)
        for index in graph.nodes.indices where index != 0 && !groups.isFloat[index] {
            // Comparisons pass over what is not a number; `empty` is for values that follow from others.
            guard !ranges[index].minimum.isNaN, !ranges[index].maximum.isNaN else {
                throw OcellusError(
                    .invalidData, "layer \(graph.nodes[index].name): its range is not a number: look at its weights")
            }
            joined[groups.leaders[index]] = joined[groups.leaders[index]].union(ranges[index])
        }
        var formats: [ValueFormat] = []
        for (index, node) in graph.nodes.enumerated() {
            if index == 0 {
                formats.append(.pixels)
            } else if groups.isFloat[index] {
                formats.append(.floats)
            } else {
                let range = joined[groups.leaders[index]]
                guard range.minimum <= range.maximum else {
                    throw OcellusError(
                        .invalidData,
                        "layer \(node.name) was never seen with a number in it: calibrate with pictures, and look at it "
                            + "with 'ocellus info --activations'")
                }
                do throws(OcellusError) {
                    formats.append(.bytes(try ActivationQuantization(range)))
                } catch {
                    throw OcellusError(.invalidData, "layer \(node.name): \(error.message)")
                }
            }
        }
        return formats
    }

    private func quantize(
        _ convolution: Convolution, _ node: Node, _ formats: [ValueFormat]
    ) throws(OcellusError) -> QuantizedConvolution {
        let weights = try parameters.required(graph.parameters[convolution.weight])
        var bias: Parameter?
        if let index = convolution.bias { bias = try parameters.required(graph.parameters[index]) }
        var real = weights.values
        var inputScale: Float = 1
        switch formats[node.inputs[0]] {
        case .bytes(let quantization): inputScale = quantization.scale
        case .pixels: real = try scaled(weights, convolution)
        case .floats: throw OcellusError(.unsupported, "a convolution cannot read head rows")
        }
        return try QuantizedConvolution(
            weights: UnsafeBufferPointer(real.elements), bias: bias.map { UnsafePointer($0.values.pointer) },
            outputChannels: convolution.outputChannels, inputScale: inputScale)
    }

    /// Weights on pixels: the picture's scale goes into them, a channel at a time. (8)
    private func scaled(_ weights: Parameter, _ convolution: Convolution) throws(OcellusError) -> Buffer<Float> {
        let channels = normalization.scale.count
        guard convolution.groups == 1, weights.dimensions.last == channels else {
            throw OcellusError(.unsupported, "the first convolution must read all \(channels) channels of the picture")
        }
        let result = try Buffer<Float>(count: weights.values.count)
        for index in 0..<result.count {
            result.pointer[index] = weights.values.pointer[index] * normalization.scale[index % channels]
        }
        return result
    }
}
