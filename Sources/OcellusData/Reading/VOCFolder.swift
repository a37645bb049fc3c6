// The work of reading a folder of VOC annotations: which picture belongs to which file, and what is wrong with either.
import OcellusDetection
import OcellusFiles
import OcellusTensor

/// The work of reading one folder.
struct VOCFolder {
    let folder: String
    let labels: String
    let images: String
    let source: String
    var classes: ClassList
    var pictures: [LabelledPicture] = []
    var faults: [DataFault] = []

    init(_ folder: String, classes: [String]?) {
        self.folder = folder
        labels = FileSystem.isFolder(folder + "/Annotations") ? folder + "/Annotations" : folder
        images =
            ["/JPEGImages", "/images"].map { folder + $0 }.first { FileSystem.isFolder($0) } ?? labels
        source = PathName.last(folder)
        self.classes = ClassList(classes)
    }

    mutating func read() {
        let files = FolderListing.names(in: images).filter {
            FolderListing.pictureExtensions.contains(PathName.fileExtension($0))
        }
        // Two pictures may share a stem; the one that the labels name stands for it, or the first by name.
        var byStem = Dictionary(files.map { (PathName.stem($0), $0) }) { first, _ in first }
        let known = Set(files)
        var stems: [String: Int] = [:]
        var unlabelled = known
        for name in FolderListing.names(in: labels) where PathName.fileExtension(name) == "xml" {
            let path = labels + "/" + name
            do throws(OcellusError) {
                let annotation = try VOCAnnotation(path: path)
                let stem = PathName.stem(name)
                let named = known.contains(annotation.fileName) ? annotation.fileName : nil
                let isOwn = named.map { PathName.stem($0) == stem } ?? false
                guard let picture = isOwn ? named : byStem[stem] ?? named else {
                    fault(.missingPicture, path, "no picture \(stem).jpg or '\(annotation.fileName)' in \(images)")
                    continue
                }
                if unlabelled.remove(picture) == nil {
                    fault(.duplicatePicture, path, "\(picture) has labels in another file too")
                }
                stems[stem] = pictures.count
                add(annotation, picture: picture, file: path)
            } catch {
                fault(.unreadableLabels, path, error.message.replaced(path + ": ", by: ""))
                byStem[PathName.stem(name)].map { _ = unlabelled.remove($0) }
            }
        }
        for picture in unlabelled.sorted() {
            let (path, stem) = (images + "/" + picture, PathName.stem(picture))
            if let index = stems[stem], !pictures[index].labelFile.isEmpty {
                fault(.duplicatePicture, path, "the labels '\(stem)' are those of \(pictures[index].name): left out")
                continue
            }
            faults.append(
                DataFault(.pictureWithoutLabels, .information, file: path, "no labels: taken as without objects"))
            if stems[stem] == nil { stems[stem] = pictures.count }
            pictures.append(LabelledPicture(path: path, name: picture, source: source))
        }
        byStem = [:]
        readLists(stems)
        classes.sort(&pictures)
    }

    private mutating func add(_ annotation: VOCAnnotation, picture: String, file: String) {
        var result = LabelledPicture(path: images + "/" + picture, name: picture, source: source, labelFile: file)
        if let width = annotation.width, let height = annotation.height, width > 0, height > 0 {
            result.statedSize = PixelSize(width: width, height: height)
        }
        for (index, object) in annotation.objects.enumerated() {
            let numbers = object.corners.map { $0.flatMap { Float($0) } }
            guard let xmin = numbers[0], let ymin = numbers[1], let xmax = numbers[2], let ymax = numbers[3] else {
                let found = object.corners.map { $0 ?? "nothing" }.joined(separator: ", ")
                fault(.malformedBox, file, picture, index + 1, "expected xmin, ymin, xmax, ymax, found \(found)")
                continue
            }
            let bad = BoxReading.fault(xmin, ymin, xmax, ymax, file: file, picture: picture, box: index + 1)
            if let bad {
                faults.append(bad)
                continue
            }
            guard !object.name.isEmpty, let label = classes.label(object.name) else {
                fault(
                    .unknownClass, file, picture, index + 1,
                    object.name.isEmpty ? "no class name" : "class '\(object.name)' is not in the list of classes")
                continue
            }
            let box = Box(left: VOCFolder.edge(xmin), top: VOCFolder.edge(ymin), right: xmax, bottom: ymax)
            result.add(GroundTruth(box: box, label: label, isDifficult: object.isDifficult), number: index + 1)
        }
        pictures.append(result)
    }

    /// The first pixel is 1; tools that count from 0 write 0. What lies before it is left to be found.
    private static func edge(_ first: Float) -> Float { 0..<1 ~= first ? 0 : first - 1 }

    mutating func fault(_ kind: DataFault.Kind, _ file: String, _ text: String) {
        faults.append(DataFault(kind, file: file, text))
    }

    private mutating func fault(
        _ kind: DataFault.Kind, _ file: String, _ picture: String, _ box: Int, _ text: String
    ) {
        faults.append(DataFault(kind, file: file, picture: picture, box: box, text))
    }
}
