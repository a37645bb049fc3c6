// What a file is that was given as a model and is none, by its first bytes: for an advice instead of a riddle.
import OcellusFiles
import OcellusImport
import OcellusTensor

enum ForeignFile {
    case weights(String)
    case picture

    static func kind(of path: String) -> ForeignFile? {
        if (try? PictureFile.size(path: path)) != nil { return .picture }
        switch try? ImportSource.format(path: path) {
        case .pytorchZip: return .weights("a zip archive, such as PyTorch writes")
        case .pytorchLegacy: return .weights("PyTorch weights")
        case .tflite: return .weights("a TensorFlow Lite model")
        case .onnx: return .weights("an ONNX model")
        case .safetensors, nil: return nil
        }
    }

    func error(_ path: String) -> OcellusError {
        OcellusError(.unsupported, "\(path): \(what), not a model file: \(advice)")
    }

    private var what: String {
        switch self {
        case .weights(let name): return name
        case .picture: return "a picture"
        }
    }

    private var advice: String {
        switch self {
        case .weights: return "'ocellus import' makes one of it, if it holds a network that ocellus knows"
        case .picture: return "give the model with --model and the pictures as arguments of 'ocellus detect'"
        }
    }
}
