// What only the pictures can tell about labels: is each picture there and whole, is it as large as its labels say, do the
// boxes lie in it, is anything there twice. Nothing is changed and nothing is left out.
import OcellusDetection
import OcellusFiles
import OcellusTensor

/// Looks at the pictures of a dataset one by one, so that a caller can show how far it is.
public struct DatasetCheck {
    /// The faults that reading the labels found, then those of the pictures looked at.
    public private(set) var faults: [DataFault]
    private let dataset: Dataset
    private var firstWithPath: [String: Int] = [:]

    /// Boxes may stick out by rounding: this many pixels are no fault.
    static let tolerance: Float = 1

    public init(_ dataset: Dataset) {
        self.dataset = dataset
        faults = dataset.faults
        for (index, picture) in dataset.pictures.enumerated().reversed() { firstWithPath[picture.path] = index }
    }

    /// Looks at picture `index` of the dataset: decodes it, at an eighth of its size where the format allows.
    public mutating func look(at index: Int) {
        let picture = dataset.pictures[index]
        if let first = firstWithPath[picture.path], first != index {
            let lists = dataset.pictures[first].splits + picture.splits
            faults.append(
                DataFault(
                    .duplicatePicture, .warning, file: picture.labelFile, picture: picture.name,
                    "listed more than once" + (lists.isEmpty ? "" : ": in " + lists.joined(separator: " and "))))
        }
        guard FileSystem.exists(picture.path) else {
            let labels = picture.labelFile.isEmpty ? picture.path : picture.labelFile
            faults.append(
                DataFault(.missingPicture, file: labels, picture: picture.name, "no such file: \(picture.path)"))
            return
        }
        checkDuplicates(picture)
        let size: PixelSize
        do throws(OcellusError) {
            size = try PictureFile.size(path: picture.path)
            try DatasetCheck.decode(picture.path)
        } catch {
            let reason = error.message.replaced(picture.path + ": ", by: "")
            faults.append(DataFault(.unreadablePicture, file: picture.path, reason))
            return
        }
        checkSize(picture, size)
        for (box, truth) in picture.truths.enumerated() { checkPlace(truth.box, picture.boxNumber(box), picture, size) }
    }

    /// Decodes small, which finds damage as well; only a damaged picture is decoded again, to say where it ends.
    private static func decode(_ path: String) throws(OcellusError) {
        if (try? PictureFile.read(path: path, maximumSide: 1)) != nil { return }
        _ = try PictureFile.read(path: path)
    }

    private mutating func checkSize(_ picture: LabelledPicture, _ size: PixelSize) {
        guard let stated = picture.statedSize, stated != size else { return }
        let isTurned = stated.width == size.height && stated.height == size.width
        faults.append(
            DataFault(
                .sizeMismatch, file: picture.labelFile, picture: picture.name,
                "the labels say \(stated.width)x\(stated.height), the picture has \(size.width)x\(size.height)"
                    + (isTurned ? " (it is turned by its EXIF tag)" : "")))
    }

    private mutating func checkPlace(_ box: Box, _ number: Int, _ picture: LabelledPicture, _ size: PixelSize) {
        let (width, height) = (Float(size.width), Float(size.height))
        let beyond = [
            ("left", -box.left), ("top", -box.top), ("right", box.right - width), ("bottom", box.bottom - height),
        ].filter { $0.1 > DatasetCheck.tolerance }
        guard !beyond.isEmpty else { return }
        let isOutside = box.clipped(toWidth: width, height: height).area <= 0
        let edges = beyond.map { "\(fixedPoint(Double($0.1), digits: 1)) px beyond the \($0.0) edge" }
        faults.append(
            DataFault(
                .outsidePicture, isOutside ? .error : .warning, file: picture.labelFile, picture: picture.name,
                box: number,
                (isOutside ? "nothing of it is in the picture of " : "reaches out of the picture of ")
                    + "\(size.width)x\(size.height): " + edges.joined(separator: ", ")))
    }

    private mutating func checkDuplicates(_ picture: LabelledPicture) {
        let truths = picture.truths
        for (index, truth) in truths.enumerated() {
            guard let first = truths[..<index].firstIndex(where: { $0.label == truth.label && $0.box == truth.box })
            else { continue }
            faults.append(
                DataFault(
                    .duplicateBox, .warning, file: picture.labelFile, picture: picture.name,
                    box: picture.boxNumber(index),
                    "the same as box \(picture.boxNumber(first))"))
        }
    }
}
