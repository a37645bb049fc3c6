// What a file is that was given as a model and is none, by its first bytes: for an advice instead of a riddle.
import Foundation
import OcellusTensor

enum ForeignFile {
    case weights(String)
    case picture

    static func kind(of path: String) -> ForeignFile? {
        guard let file = FileHandle(forReadingAtPath: path), let start = try? file.read(upToCount: 8) else {
            return nil
        }
        if start.starts(with: [0x50, 0x4B, 0x03, 0x04]) { return .weights("a zip archive, such as PyTorch writes") }
        if start.starts(with: [0x80, 0x02]) { return .weights("PyTorch weights") }
        if start.dropFirst(4).starts(with: Array("TFL3".utf8)) { return .weights("a TensorFlow Lite model") }
        let isPicture = start.starts(with: [0xFF, 0xD8, 0xFF]) || start.starts(with: [0x89, 0x50, 0x4E, 0x47])
        return isPicture ? .picture : nil
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
