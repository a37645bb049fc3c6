// A folder of annotated pictures. Names follow the sources; two sources of one name get different files, and none of the
// sources is ever written over.
import Foundation
import OcellusDrawing
import OcellusFiles
import OcellusImage
import OcellusModels
import OcellusTensor

final class Gallery {
    private let folder: String
    private let names: [String]
    private var taken: Set<String> = []
    private let sources: Set<FilePath.Identity>

    /// Makes the folder. `sources` are all the pictures of the run. Throws `.io` when that cannot be done.
    init(folder: String, sources: [FilePath], description: ModelDescription) throws(OcellusError) {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw OcellusError(
                .io,
                "cannot make the folder \(folder) for annotated pictures: there is a file of that name, or no "
                    + "permission: choose another with --annotate")
        }
        self.folder = folder
        self.sources = Set(sources.compactMap(\.identity))
        names = ["background"] + (0..<description.labels.count).map { description.label($0 + 1) }
    }

    /// Draws into `picture` and writes it; returns the file's path.
    func add(_ picture: RGBImage, _ result: PictureResult) throws(OcellusError) -> String {
        let path = freePath(for: result.path.stem)
        let place = FilePath(bytes: Array(path.utf8))
        if let there = place.identity, sources.contains(there) {
            let source = place.isSameFile(as: result.path) ? "its source" : "another picture that is searched"
            throw OcellusError(
                .io, "\(path): the annotated picture would replace \(source): choose another folder with --annotate")
        }
        let annotator = try Annotator(width: picture.width, height: picture.height, names: names)
        annotator.draw(result.detections, on: Canvas(picture))
        try PictureFile.write(picture, path: path)
        return path
    }

    private func freePath(for stem: String) -> String {
        var name = stem + ".jpg"
        var count = 1
        while !taken.insert(name).inserted {
            count += 1
            name = "\(stem)-\(count).jpg"
        }
        return (folder as NSString).appendingPathComponent(name)
    }
}
