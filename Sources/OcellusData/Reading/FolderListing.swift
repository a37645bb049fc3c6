// Files of a folder by name, in an order that does not depend on the file system.
import Foundation
import OcellusTensor

enum FolderListing {
    static let pictureExtensions: Set<String> = ["jpg", "jpeg", "png", "ppm", "pgm", "pnm"]

    static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    /// Names in a folder that do not begin with a dot, sorted; empty when there is no such folder.
    static func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { !$0.hasPrefix(".") }.sorted()
    }

    /// Paths of pictures below a folder, relative to it, sorted. Links to folders inside are not followed.
    static func pictures(below folder: String) -> [String] {
        let root = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
        guard let walker = FileManager.default.enumerator(atPath: root) else { return [] }
        var found: [String] = []
        for case let path as String in walker
        where pictureExtensions.contains((path as NSString).pathExtension.lowercased()) {
            found.append(path)
        }
        return found.sorted()
    }

    static func fileExtension(_ name: String) -> String { (name as NSString).pathExtension.lowercased() }

    static func stem(_ name: String) -> String { (name as NSString).deletingPathExtension }
}
