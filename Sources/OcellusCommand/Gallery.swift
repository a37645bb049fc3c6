// A folder of annotated pictures. Names follow the sources; two sources of one name get different files.
import Foundation
import OcellusDrawing
import OcellusFiles
import OcellusImage
import OcellusModels
import OcellusTensor

final class Gallery {
    private let folder: String
    private let description: ModelDescription
    private var taken: Set<String> = []

    init(folder: String, description: ModelDescription) throws {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw OcellusError(.io, "cannot make the folder \(folder): \(error.localizedDescription)")
        }
        self.folder = folder
        self.description = description
    }

    /// Draws into `picture` and writes it; returns the file's path.
    func add(_ picture: RGBImage, _ result: PictureResult) throws(OcellusError) -> String {
        let names = ["background"] + (0..<description.labels.count).map { description.label($0 + 1) }
        let annotator = try Annotator(width: picture.width, height: picture.height, names: names)
        annotator.draw(result.detections, on: Canvas(picture))
        let base = ((result.path as NSString).lastPathComponent as NSString).deletingPathExtension
        var name = base + ".jpg"
        var count = 1
        while !taken.insert(name).inserted {
            count += 1
            name = "\(base)-\(count).jpg"
        }
        let path = (folder as NSString).appendingPathComponent(name)
        try PictureFile.write(picture, path: path)
        return path
    }
}
