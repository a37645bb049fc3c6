// A folded network with everything that integer inference needs: a format for each value, integers for each convolution.
import OcellusNetwork
import OcellusTensor

/// How a node's value is kept.
public enum ValueFormat: Sendable, Equatable {
    /// The picture itself, a byte a channel; what the network subtracts and multiplies is in its first convolution.
    case pixels
    case bytes(ActivationQuantization)
    /// Head rows: the last convolutions' accumulators scaled to real numbers, not rounded to bytes.
    case floats

    /// Bytes of one element.
    public var elementSize: Int { isFloats ? MemoryLayout<Float>.size : 1 }

    /// Asked by case, not by `==`: that compares payloads which other cases leave unset, and memory checkers complain.
    public var isFloats: Bool {
        switch self {
        case .floats: return true
        case .pixels, .bytes: return false
        }
    }
}

/// What a network expects of a picture: real = (pixel - mean) * scale, one of each a channel.
public struct PixelNormalization: Sendable, Equatable {
    public var mean: [Float]
    public var scale: [Float]

    public init(mean: [Float], scale: [Float]) {
        self.mean = mean
        self.scale = scale
    }
}

/// Integers for every node that needs them.
public struct QuantizedNetwork: Sendable {
    /// Batch normalisation and activations are folded.
    public let graph: Graph
    public let normalization: PixelNormalization
    /// One a node.
    public let formats: [ValueFormat]
    /// One a node; nil for what is not a convolution.
    public let convolutions: [QuantizedConvolution?]
    /// Real parameters of operations that stay in float; empty for most networks.
    public let parameters: Parameters

    public init(
        graph: Graph, normalization: PixelNormalization, formats: [ValueFormat],
        convolutions: [QuantizedConvolution?], parameters: Parameters
    ) {
        self.graph = graph
        self.normalization = normalization
        self.formats = formats
        self.convolutions = convolutions
        self.parameters = parameters
    }

    /// The scale of a node's bytes; 1 for pixels.
    public func scale(of node: Int) -> Float {
        if case .bytes(let quantization) = formats[node] { return quantization.scale }
        return 1
    }

    /// What stands for 0 in each channel of a node's bytes: for pixels the mean, which need not be whole.
    func zeroPoints(of node: Int) -> [Float] {
        switch formats[node] {
        case .pixels: return normalization.mean
        case .bytes(let quantization):
            return [Float](repeating: Float(quantization.zeroPoint), count: graph.nodes[node].shape.channels)
        case .floats: return [Float](repeating: 0, count: graph.nodes[node].shape.channels)
        }
    }
}
