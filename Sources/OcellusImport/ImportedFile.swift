// What an import reads out of a foreign file: named arrays in the file's own layout. Not yet our names: see ImportMap.
import OcellusNetwork
import OcellusTensor

/// A file format the library can import, told apart by content and never by name.
public enum ImportFormat: String, Sendable {
    case safetensors
    /// `torch.save` before PyTorch 1.6: pickles, then storages, one after another.
    case pytorchLegacy = "PyTorch (legacy)"
    /// `torch.save` since PyTorch 1.6: a zip archive.
    case pytorchZip = "PyTorch (zip)"
    case tflite = "TensorFlow Lite"
    case onnx = "ONNX"
}

/// real = scale · (q − zero point), for a whole tensor or for each slice along `axis`.
public struct TensorQuantization: Sendable, Equatable {
    /// One for the tensor, or one for each index along `axis`. Finite and not negative.
    public let scales: [Float]
    /// As many as `scales`.
    public let zeroPoints: [Int]
    public let axis: Int
}

/// One array of a foreign file, converted (and dequantised) to floats.
public struct ImportedTensor: Sendable {
    public let name: String
    /// Sizes in the file's own order, outermost first; none for a single number.
    public let dimensions: [Int]
    public let values: Buffer<Float>
    /// What the file stored.
    public let elementType: ElementType
    /// How the file's integers became floats; nil when they stood for themselves.
    public let quantization: TensorQuantization?
}

/// A foreign file's contents.
public struct ImportedFile: Sendable {
    public let format: ImportFormat
    /// Every constant array, in the file's order; of an ONNX file those of real numbers, in the order of their use.
    public let tensors: [ImportedTensor]
    /// The text entries of a safetensors file; empty for the other formats.
    public var metadata: [(key: String, value: String)] = []
    /// The operators and all tensors, constant or not, of a TensorFlow Lite file; nil for the other formats.
    public var graph: TFLiteGraph?
}
