// COCO's JSON: images, annotations with [left, top, width, height], categories. One file is one list (split).
// Segmentations, captions and keypoints are not read.
import Foundation
import OcellusDetection
import OcellusFiles
import OcellusTensor

extension Dataset {
    /// Every .json of the folder and of its annotations/ that has images and annotations.
    static func readCOCO(_ folder: String, classes: [String]?) throws(OcellusError) -> Dataset {
        var reader = COCOFolder(folder, classes: classes)
        for file in COCOFolder.files(folder) { reader.read(file) }
        reader.classes.sort(&reader.pictures)
        return Dataset(
            name: (folder as NSString).lastPathComponent, classes: reader.classes.names, pictures: reader.pictures,
            faults: reader.faults)
    }
}

struct COCOFolder {
    var classes: ClassList
    var pictures: [LabelledPicture] = []
    var faults: [DataFault] = []
    private let folder: String
    private let source: String

    fileprivate init(_ folder: String, classes: [String]?) {
        self.folder = folder
        source = (folder as NSString).lastPathComponent
        self.classes = ClassList(classes)
    }

    /// JSON files that may be lists of annotations.
    static func files(_ folder: String) -> [String] {
        [folder + "/annotations", folder].flatMap { place in
            FolderListing.names(in: place).filter { FolderListing.fileExtension($0) == "json" }.map { place + "/" + $0 }
        }
    }

    /// Whether the word "annotations" stands in a JSON file.
    static func looksLikeLabels(_ file: String) -> Bool {
        (try? LabelFile.data(file))?.range(of: Data("\"annotations\"".utf8)) != nil
    }

    fileprivate mutating func read(_ file: String) {
        let root: [String: Any]
        do {
            let parsed = try JSONSerialization.jsonObject(with: try LabelFile.data(file))
            guard let object = parsed as? [String: Any] else {
                fault(.unreadableLabels, file, "JSON, but not an object with images, annotations and categories")
                return
            }
            root = object
        } catch let error as OcellusError {
            fault(.unreadableLabels, file, error.message)
            return
        } catch {
            fault(.unreadableLabels, file, "not JSON: \(COCOFolder.reason(error))")
            return
        }
        guard let images = root["images"] as? [Any], let annotations = root["annotations"] as? [Any] else {
            fault(.unreadableLabels, file, "no lists 'images' and 'annotations': not a COCO file of objects")
            return
        }
        let names = categories(root["categories"], file)
        let byIdentifier = add(images, file)
        add(annotations, names, byIdentifier, file)
    }

    private mutating func categories(_ value: Any?, _ file: String) -> [Int: String] {
        var names: [Int: String] = [:]
        for item in value as? [Any] ?? [] {
            guard let item = item as? [String: Any], let identifier = item["id"] as? Int,
                let name = item["name"] as? String
            else {
                fault(.unreadableLabels, file, "a category without a number 'id' and a text 'name'")
                continue
            }
            names[identifier] = name
        }
        return names
    }

    /// Pictures by their identifier, as indices into `pictures`.
    private mutating func add(_ images: [Any], _ file: String) -> [Int: Int] {
        let stem = FolderListing.stem((file as NSString).lastPathComponent)
        let split = stem.hasPrefix("instances_") ? String(stem.dropFirst(10)) : stem
        let places = [
            folder + "/" + split, folder + "/images/" + split, folder + "/images", folder + "/JPEGImages", folder,
        ]
        .filter { FolderListing.isFolder($0) }
        var byIdentifier: [Int: Int] = [:]
        for (index, item) in images.enumerated() {
            guard let item = item as? [String: Any], let identifier = item["id"] as? Int,
                let name = item["file_name"] as? String
            else {
                fault(.unreadableLabels, file, "image \(index + 1): no number 'id' or no text 'file_name'")
                continue
            }
            if byIdentifier[identifier] != nil {
                fault(.duplicatePicture, file, "image \(index + 1), '\(name)': the id \(identifier) is taken")
                continue
            }
            let path = places.map { $0 + "/" + name }.first { FolderListing.exists($0) }
            guard let path else {
                fault(.missingPicture, file, "'\(name)': no such file below \(folder)")
                byIdentifier[identifier] = -1
                continue
            }
            var picture = LabelledPicture(path: path, name: name, splits: [split], source: source, labelFile: file)
            if let width = item["width"] as? Int, let height = item["height"] as? Int, width > 0, height > 0 {
                picture.statedSize = PixelSize(width: width, height: height)
            }
            byIdentifier[identifier] = pictures.count
            pictures.append(picture)
        }
        return byIdentifier
    }

    mutating func fault(_ kind: DataFault.Kind, _ file: String, _ text: String) {
        faults.append(DataFault(kind, file: file, text))
    }

    /// Foundation's reason in one line.
    private static func reason(_ error: any Error) -> String {
        let text = (error as NSError).userInfo["NSDebugDescription"] as? String ?? "damaged"
        return text.split(whereSeparator: \.isNewline).first.map(String.init) ?? "damaged"
    }
}
