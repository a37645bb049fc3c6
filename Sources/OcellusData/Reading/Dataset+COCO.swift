// COCO's JSON: images, annotations with [left, top, width, height], categories. One file is one list (split).
// Segmentations, captions and keypoints are not read.
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
            name: PathName.last(folder), classes: reader.classes.names, pictures: reader.pictures,
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
        source = PathName.last(folder)
        self.classes = ClassList(classes)
    }

    /// JSON files that may be lists of annotations. Beside COCO's own lists of objects, instances_*.json, lie captions and keypoints of
    /// the same pictures: those would make pictures without objects of them.
    static func files(_ folder: String) -> [String] {
        let all = [folder + "/annotations", folder].flatMap { place in
            FolderListing.names(in: place).filter { PathName.fileExtension($0) == "json" }.map { place + "/" + $0 }
        }
        let objects = all.filter { PathName.last($0).hasPrefix("instances_") }
        return objects.isEmpty ? all : objects
    }

    fileprivate mutating func read(_ path: String) {
        do throws(OcellusError) {
            let file = try COCOFile(path: path)
            let names = try categories(file, path)
            let byIdentifier = try addPictures(file, path)
            try addAnnotations(file, names, byIdentifier, path)
        } catch {
            fault(.unreadableLabels, path, error.message)
        }
    }

    private mutating func categories(_ file: COCOFile, _ path: String) throws(OcellusError) -> [Int: String] {
        var names: [Int: String] = [:]
        try file.forEach(.categories) { _, item in
            guard let identifier = item.identifier, let name = item.name else {
                fault(.unreadableLabels, path, "a category without a number 'id' and a text 'name'")
                return
            }
            names[identifier] = name
        }
        return names
    }

    /// Pictures by their identifier, as indices into `pictures`.
    private mutating func addPictures(_ list: COCOFile, _ file: String) throws(OcellusError) -> [Int: Int] {
        let stem = PathName.stem(PathName.last(file))
        let split = stem.hasPrefix("instances_") ? String(stem.dropFirst(10)) : stem
        let places = [
            folder + "/" + split, folder + "/images/" + split, folder + "/images", folder + "/JPEGImages", folder,
        ]
        .filter { FileSystem.isFolder($0) }
        var byIdentifier: [Int: Int] = [:]
        try list.forEach(.images) { index, item in
            guard let identifier = item.identifier, let name = item.fileName else {
                fault(.unreadableLabels, file, "image \(index + 1): no number 'id' or no text 'file_name'")
                return
            }
            if byIdentifier[identifier] != nil {
                fault(.duplicatePicture, file, "image \(index + 1), '\(name)': the id \(identifier) is taken")
                return
            }
            let path = places.map { $0 + "/" + name }.first { FileSystem.exists($0) }
            guard let path else {
                fault(.missingPicture, file, "'\(name)': no such file below \(folder)")
                byIdentifier[identifier] = -1
                return
            }
            var picture = LabelledPicture(path: path, name: name, splits: [split], source: source, labelFile: file)
            if let width = item.width, let height = item.height, width > 0, height > 0 {
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
}
