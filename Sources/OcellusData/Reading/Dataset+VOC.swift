// A folder in PASCAL VOC's layout: Annotations/*.xml, JPEGImages, lists in ImageSets/Main. Or, as labelling tools leave
// it, XML files beside their pictures.
import Foundation
import OcellusDetection
import OcellusFiles
import OcellusTensor

extension Dataset {
    /// VOC counts pixels from 1 and includes the last one: xmin 1, xmax 1 is one pixel wide. Here that is 0 to 1.
    static func readVOC(_ folder: String, classes: [String]?) throws(OcellusError) -> Dataset {
        var reader = VOCFolder(folder, classes: classes)
        reader.read()
        return Dataset(
            name: (folder as NSString).lastPathComponent, classes: reader.classes.names, pictures: reader.pictures,
            faults: reader.faults)
    }
}

/// The work of reading one folder.
private struct VOCFolder {
    let folder: String
    let labels: String
    let images: String
    let source: String
    var classes: ClassList
    var pictures: [LabelledPicture] = []
    var faults: [DataFault] = []

    init(_ folder: String, classes: [String]?) {
        self.folder = folder
        labels = FolderListing.isFolder(folder + "/Annotations") ? folder + "/Annotations" : folder
        images =
            ["/JPEGImages", "/images"].map { folder + $0 }.first { FolderListing.isFolder($0) } ?? labels
        source = (folder as NSString).lastPathComponent
        self.classes = ClassList(classes)
    }

    mutating func read() {
        let files = FolderListing.names(in: images).filter {
            FolderListing.pictureExtensions.contains(FolderListing.fileExtension($0))
        }
        // Two pictures may share a stem; the first by name stands for it.
        var byStem = Dictionary(files.map { (FolderListing.stem($0), $0) }) { first, _ in first }
        let known = Set(files)
        var stems: [String: Int] = [:]
        var unlabelled = known
        for name in FolderListing.names(in: labels) where FolderListing.fileExtension(name) == "xml" {
            let path = labels + "/" + name
            do throws(OcellusError) {
                let annotation = try VOCAnnotation(path: path)
                let stem = FolderListing.stem(name)
                guard let picture = byStem[stem] ?? (known.contains(annotation.fileName) ? annotation.fileName : nil)
                else {
                    fault(.missingPicture, path, "no picture \(stem).jpg or '\(annotation.fileName)' in \(images)")
                    continue
                }
                if unlabelled.remove(picture) == nil {
                    fault(.duplicatePicture, path, "\(picture) has labels in another file too")
                }
                stems[stem] = pictures.count
                add(annotation, picture: picture, file: path)
            } catch {
                fault(.unreadableLabels, path, error.message.replacing(path + ": ", with: ""))
                byStem[FolderListing.stem(name)].map { _ = unlabelled.remove($0) }
            }
        }
        for picture in unlabelled.sorted() {
            let path = images + "/" + picture
            faults.append(
                DataFault(.pictureWithoutLabels, .information, file: path, "no labels: taken as without objects"))
            stems[FolderListing.stem(picture)] = pictures.count
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
            // Tools that count from 0 write 0 for the first pixel.
            let box = Box(left: max(0, xmin - 1), top: max(0, ymin - 1), right: xmax, bottom: ymax)
            result.truths.append(GroundTruth(box: box, label: label, isDifficult: object.isDifficult))
        }
        pictures.append(result)
    }

    /// Lists of stems, one a line. Lists by class have a second column and are left alone.
    private mutating func readLists(_ stems: [String: Int]) {
        let lists = folder + "/ImageSets/Main"
        for name in FolderListing.names(in: lists) where name.hasSuffix(".txt") {
            let path = lists + "/" + name
            guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
                fault(.unreadableLabels, path, "not a list of names in UTF-8")
                continue
            }
            let rows = text.split(whereSeparator: \.isNewline).map { $0.split(separator: " ") }.filter { !$0.isEmpty }
            if !rows.isEmpty, rows.allSatisfy({ $0.count > 1 }) { continue }
            var seen: Set<String> = []
            for row in rows {
                let stem = String(row[0])
                guard let index = stems[stem] else {
                    // A faulty annotation has been named already.
                    if !FolderListing.exists(labels + "/" + stem + ".xml") {
                        fault(.missingPicture, path, "'\(stem)' is in the list, but has no picture")
                    }
                    continue
                }
                if seen.insert(stem).inserted {
                    pictures[index].splits.append(FolderListing.stem(name))
                } else {
                    fault(.duplicatePicture, path, "'\(stem)' is in the list twice")
                }
            }
        }
    }

    private mutating func fault(_ kind: DataFault.Kind, _ file: String, _ text: String) {
        faults.append(DataFault(kind, file: file, text))
    }

    private mutating func fault(
        _ kind: DataFault.Kind, _ file: String, _ picture: String, _ box: Int, _ text: String
    ) {
        faults.append(DataFault(kind, file: file, picture: picture, box: box, text))
    }
}
