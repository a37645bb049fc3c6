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
    fileprivate var classes: ClassList
    fileprivate var pictures: [LabelledPicture] = []
    fileprivate var faults: [DataFault] = []
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
        guard let handle = FileHandle(forReadingAtPath: file) else { return false }
        defer { try? handle.close() }
        let word = Data("\"annotations\"".utf8)
        if let head = try? handle.read(upToCount: 1 << 20), head.range(of: word) != nil { return true }
        // Where the pictures come first and are many.
        guard let bytes = try? FileBytes(path: file) else { return false }
        return Data(bytes.bytes).range(of: word) != nil
    }

    fileprivate mutating func read(_ file: String) {
        let root: [String: Any]
        do {
            let bytes = try FileBytes(path: file)
            let parsed = try JSONSerialization.jsonObject(with: Data(bytes.bytes))
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

    private mutating func add(
        _ annotations: [Any], _ names: [Int: String], _ byIdentifier: [Int: Int], _ file: String
    ) {
        var counts: [Int: Int] = [:]
        for (index, item) in annotations.enumerated() {
            let item = item as? [String: Any] ?? [:]
            guard let image = item["image_id"] as? Int, let place = byIdentifier[image] else {
                let found = item["image_id"].map { "\($0)" } ?? "nothing"
                fault(.missingPicture, file, "annotation \(index + 1): image_id \(found) is not among the images")
                continue
            }
            // The picture is missing, which has been said.
            guard place >= 0 else { continue }
            counts[place, default: 0] += 1
            let (picture, box) = (pictures[place].name, counts[place] ?? 1)
            let numbers = (item["bbox"] as? [Any] ?? []).compactMap { ($0 as? NSNumber)?.floatValue }
            guard numbers.count == 4 else {
                faults.append(
                    DataFault(
                        .malformedBox, file: file, picture: picture, box: box,
                        "annotation \(index + 1): expected a bbox of four numbers"))
                continue
            }
            let (right, bottom) = (numbers[0] + numbers[2], numbers[1] + numbers[3])
            let bad = BoxReading.fault(
                numbers[0], numbers[1], right, bottom, file: file, picture: picture, box: box)
            if let bad {
                faults.append(bad)
                continue
            }
            let category = item["category_id"] as? Int
            guard let name = category.flatMap({ names[$0] }), let label = classes.label(name) else {
                let found = category.map { names[$0] ?? "category \($0)" } ?? "no category"
                faults.append(
                    DataFault(
                        .unknownClass, file: file, picture: picture, box: box,
                        "annotation \(index + 1): \(found) is not in the list of classes"))
                continue
            }
            let isCrowd = (item["iscrowd"] as? NSNumber)?.boolValue ?? false
            pictures[place].truths.append(
                GroundTruth(
                    box: Box(left: numbers[0], top: numbers[1], right: right, bottom: bottom), label: label,
                    isIgnored: isCrowd))
        }
    }

    private mutating func fault(_ kind: DataFault.Kind, _ file: String, _ text: String) {
        faults.append(DataFault(kind, file: file, text))
    }

    /// Foundation's reason in one line.
    private static func reason(_ error: any Error) -> String {
        let text = (error as NSError).userInfo["NSDebugDescription"] as? String ?? "damaged"
        return text.split(whereSeparator: \.isNewline).first.map(String.init) ?? "damaged"
    }
}
