// Which files a list of arguments means: folders stand for the pictures in them.
import Foundation
import OcellusTensor

enum PictureList {
    static let extensions: Set<String> = ["jpg", "jpeg", "png", "ppm", "pgm", "pnm"]

    /// Files as they are, folders as their pictures by name. Throws for a folder without pictures.
    static func expand(_ arguments: [String]) throws -> [String] {
        var paths: [String] = []
        for argument in arguments {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: argument, isDirectory: &isFolder), isFolder.boolValue else {
                paths.append(argument)
                continue
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: argument)
                .filter { extensions.contains(($0 as NSString).pathExtension.lowercased()) }.sorted()
            guard !names.isEmpty else {
                throw OcellusError(
                    .io, "\(argument): no pictures in this folder: expected .jpg, .png or .ppm files")
            }
            paths += names.map { (argument as NSString).appendingPathComponent($0) }
        }
        return paths
    }
}
