// The first subgraph of a TensorFlow Lite file: what an import needs of it. Nothing here runs it.
import OcellusNetwork
import OcellusTensor

/// One tensor, constant or computed.
public struct TFLiteTensor: Sendable {
    /// The file's name for it, or `tensor_N` when it has none.
    public let name: String
    /// Sizes as the file gives them; -1 for one that is not fixed.
    public let dimensions: [Int]
    /// nil for a number type the library does not know.
    public let elementType: ElementType?
    public let quantization: TensorQuantization?
    /// The dequantised numbers of a constant; nil for a computed tensor and for text.
    public let values: Buffer<Float>?
}

/// How a convolution or depthwise convolution moves over its input.
public struct TFLiteConvolution: Sendable, Equatable {
    public enum Padding: Sendable { case same, valid }
    public enum Activation: Sendable, Equatable {
        case none, relu, relu6
        /// An `ActivationFunctionType` of the schema that the library does not have.
        case other(Int)
    }

    public let isDepthwise: Bool
    public let padding: Padding
    public let strideHeight: Int
    public let strideWidth: Int
    public let dilationHeight: Int
    public let dilationWidth: Int
    /// Outputs for each input channel; 1 when it is not depthwise.
    public let depthMultiplier: Int
    public let activation: Activation
}

/// One operator. Inputs and outputs are indices into `TFLiteGraph.tensors`; -1 is an optional input left out.
public struct TFLiteOperator: Sendable {
    public enum Kind: Sendable {
        case convolution(TFLiteConvolution)
        /// Another operator by its number in the schema's `BuiltinOperator`.
        case builtin(Int)
        case custom(String)
    }

    public let kind: Kind
    public let inputs: [Int]
    public let outputs: [Int]
}

/// Tensors and operators of subgraph 0, in the file's order.
public struct TFLiteGraph: Sendable {
    public let tensors: [TFLiteTensor]
    public let operators: [TFLiteOperator]
    public let inputs: [Int]
    public let outputs: [Int]

    /// Every constant as a named array.
    public var constants: [ImportedTensor] { tensors.compactMap(TFLiteGraph.imported) }

    /// The anchors of a `TFLite_Detection_PostProcess` operator, [anchors, 4] as y, x, height, width of their centres;
    /// nil when there is no such operator.
    public var detectionAnchors: ImportedTensor? {
        for operation in operators {
            if case .custom("TFLite_Detection_PostProcess") = operation.kind, operation.inputs.count >= 3,
                operation.inputs[2] >= 0
            {
                return TFLiteGraph.imported(tensors[operation.inputs[2]])
            }
        }
        return nil
    }

    static func imported(_ tensor: TFLiteTensor) -> ImportedTensor? {
        guard let values = tensor.values, let elementType = tensor.elementType else { return nil }
        return ImportedTensor(
            name: tensor.name, dimensions: tensor.dimensions, values: values, elementType: elementType,
            quantization: tensor.quantization)
    }
}
