// Which files a list of arguments means: folders stand for the pictures in them.
import Foundation
import OcellusData
import OcellusTensor

enum PictureList {
    enum Entry {
        case picture(FilePath)
        /// An argument that stands for no picture, and why.
        case failure(String)
    }

    /// Files as they are, folders as their pictures by name.
    static func expand(_ arguments: [FilePath]) -> [Entry] {
        arguments.flatMap { $0.isFolder ? pictures(in: $0) : [.picture($0)] }
    }

    /// Pictures in a folder and in all folders inside it, by name. Links to folders are not followed.
    static func all(below folder: FilePath) -> [FilePath] {
        (folder.names ?? []).flatMap { name -> [FilePath] in
            let path = folder.appending(name)
            if path.isFolder { return path.isLink ? [] : all(below: path) }
            return isPicture(name) ? [path] : []
        }
    }

    private static func isPicture(_ name: [UInt8]) -> Bool {
        let lowered = String(decoding: name, as: UTF8.self).lowercased()
        return FolderListing.pictureExtensions.contains { lowered.hasSuffix("." + $0) }
    }

    private static func pictures(in folder: FilePath) -> [Entry] {
        guard let names = folder.names else {
            return [.failure("cannot read the folder \(folder.text): \(String(cString: strerror(errno)))")]
        }
        let pictures = names.filter { isPicture($0) }
        guard !pictures.isEmpty else {
            return [
                .failure(
                    "\(folder.text): no pictures in this folder: expected .jpg, .png, .ppm or .pgm files; "
                        + "folders inside it are not searched: name them too")
            ]
        }
        return pictures.map { .picture(folder.appending($0)) }
    }
}
