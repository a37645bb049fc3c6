// YOLO's text labels: a .txt of a picture's own name, a row an object: class number from 0, then centre x, centre y,
// width and height as shares of the picture. Class names stand in data.yaml, classes.txt, obj.names or the like.
import OcellusDetection
import OcellusFiles
import OcellusTensor

extension Dataset {
    /// Pictures below images/ with labels below labels/, or both side by side. Folders train, val and test inside are lists.
    static func readYOLO(_ folder: String, classes: [String]?) throws(OcellusError) -> Dataset {
        let names = YOLONames.read(folder)
        var reader = YOLOFolder(folder, names: names, classes: classes)
        reader.read()
        let highest = reader.pictures.flatMap { $0.truths.map(\.label) }.max() ?? 0
        return Dataset(
            name: PathName.last(folder),
            classes: classes ?? names ?? (0..<highest).map { "class \($0)" }, pictures: reader.pictures,
            faults: reader.faults)
    }
}

private struct YOLOFolder {
    let folder: String
    let images: String
    /// Of the numbers in the files; nil where no file lists them.
    let names: [String]?
    /// The classes that are wanted; nil wants all.
    let classes: [String]?
    var pictures: [LabelledPicture] = []
    var faults: [DataFault] = []
    /// Files of rows that have been used, to find those without a picture.
    private var used: Set<String> = []

    init(_ folder: String, names: [String]?, classes: [String]?) {
        self.folder = folder
        self.names = names
        self.classes = classes
        images = FileSystem.isFolder(folder + "/images") ? folder + "/images" : folder
    }

    mutating func read() {
        let source = PathName.last(folder)
        let hasFolders = FileSystem.isFolder(folder + "/labels")
        for name in FolderListing.pictures(below: images) {
            let stem = PathName.stem(name)
            // images/train/a.jpg has labels/train/a.txt; train/images/a.jpg has train/labels/a.txt.
            let candidates = [
                folder + "/labels/" + stem + ".txt", images + "/" + stem + ".txt",
                images + "/" + stem.replaced("images/", by: "labels/") + ".txt",
            ]
            let labels = (hasFolders ? candidates : Array(candidates.dropFirst())).first { FileSystem.exists($0) }
            var picture = LabelledPicture(path: images + "/" + name, name: name, source: source)
            let parts = name.split(separator: "/")
            if parts.count > 1 { picture.splits = [String(parts[0])] }
            if let labels {
                used.insert(labels)
                picture.labelFile = labels
                read(labels, &picture)
            } else {
                faults.append(
                    DataFault(
                        .pictureWithoutLabels, .information, file: picture.path, "no labels: taken as without objects"))
            }
            pictures.append(picture)
        }
        findOrphans(hasFolders ? folder + "/labels" : images)
    }

    private mutating func read(_ file: String, _ picture: inout LabelledPicture) {
        let text: String
        do throws(OcellusError) {
            text = try LabelFile.text(file, limit: 64 << 20)
        } catch {
            faults.append(DataFault(.unreadableLabels, file: file, picture: picture.name, error.message))
            return
        }
        // Who opens the picture will say why it cannot be.
        guard let size = try? PictureFile.size(path: picture.path) else { return }
        var box = 0
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let fields = line.split { $0 == " " || $0 == "\t" }
            if fields.isEmpty { continue }
            box += 1
            let numbers = fields.compactMap { Float($0) }
            guard fields.count == 5, numbers.count == 5, let number = Int(fields[0]), 0...100_000 ~= number else {
                faults.append(
                    DataFault(
                        .malformedBox, file: file, picture: picture.name, box: box,
                        "line \(index + 1): expected a class number and four numbers, found '\(line.prefix(60))'"))
                continue
            }
            let shares = Box(centreX: numbers[1], centreY: numbers[2], width: numbers[3], height: numbers[4])
            let corners = shares.scaled(x: Float(size.width), y: Float(size.height))
            let bad = BoxReading.fault(
                corners.left, corners.top, corners.right, corners.bottom, file: file, picture: picture.name, box: box)
            if let bad {
                faults.append(bad)
                continue
            }
            guard let label = label(number) else {
                let name = names.flatMap { number < $0.count ? " (\($0[number]))" : nil } ?? ""
                faults.append(
                    DataFault(
                        .unknownClass, file: file, picture: picture.name, box: box,
                        "line \(index + 1): class \(number)\(name) is not in the list of classes"))
                continue
            }
            picture.add(GroundTruth(box: corners, label: label), number: box)
        }
    }

    /// Label files that no picture belongs to. Lists of names lie beside them and are not labels.
    private mutating func findOrphans(_ place: String) {
        for name in FileSystem.files(below: place) where name.hasSuffix(".txt") && !used.contains(place + "/" + name) {
            let last = PathName.last(name)
            if YOLONames.listNames.contains(last) || ["train.txt", "val.txt", "test.txt"].contains(last) { continue }
            faults.append(DataFault(.missingPicture, file: place + "/" + name, "no picture of this name"))
        }
    }

    /// The label of a class number of the files; nil when it has no name, or one that is not wanted.
    private func label(_ number: Int) -> Int? {
        if let names, number >= names.count { return nil }
        guard let classes else { return number + 1 }
        let name = names?[number] ?? "class \(number)"
        return classes.firstIndex(of: name).map { $0 + 1 }
    }
}
