// Published weights and pictures that are not part of the repository. Tests that want them are skipped without them.
import Foundation

/// The folder `shared` beside the repository, or the one that OCELLUS_SHARED names.
public enum SharedFolder {
    public static let url: URL? = {
        let repository = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let named = ProcessInfo.processInfo.environment["OCELLUS_SHARED"].map { URL(filePath: $0) }
        let folder = named ?? repository.deletingLastPathComponent().appending(path: "shared")
        return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
    }()

    public static var exists: Bool { url != nil }

    /// The path of a file in it, or nil where it is not at hand.
    public static func path(_ name: String) -> String? {
        guard let path = url?.appending(path: name).path, FileManager.default.fileExists(atPath: path) else {
            return nil
        }
        return path
    }
}
