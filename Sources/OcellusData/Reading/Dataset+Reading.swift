// A folder becomes a dataset: the format is found or given, the reader of that format does the rest.
import OcellusFiles
import OcellusTensor

extension Dataset {
    /// Reads the labels of a folder; pictures are not opened.
    ///
    /// `format` nil finds the format by the files that are there. `classes` nil takes the class list from the data;
    /// given, a label that is not in it is a fault. What cannot be used stands in `faults`.
    /// Throws `.io` when there is no such folder or a list in it cannot be read, `.invalidData` when no format fits.
    public static func read(
        _ path: String, format: DataFormat? = nil, classes: [String]? = nil
    ) throws(OcellusError) -> Dataset {
        var folder = path
        while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
        guard FileSystem.isFolder(folder) else { throw OcellusError(.io, "\(path): no such folder") }
        guard let format = format ?? detectFormat(folder) else {
            throw OcellusError(
                .invalidData,
                "\(path): no labels found: expected Annotations/*.xml (voc), a .json with annotations (coco), "
                    + "label.txt or label_*.txt (widerface) or labels/*.txt (yolo); 'empty' takes pictures without objects"
            )
        }
        switch format {
        case .widerface: return try readWiderText(folder)
        case .empty: return readEmpty(folder, classes: classes ?? [])
        case .voc: return try readVOC(folder, classes: classes)
        case .coco: return try readCOCO(folder, classes: classes)
        case .yolo: return try readYOLO(folder, classes: classes)
        }
    }

    /// The format whose files are there, the most telling first; nil when there are none.
    static func detectFormat(_ folder: String) -> DataFormat? {
        let names = FolderListing.names(in: folder)
        if names.contains(where: { $0 == "label.txt" || $0.hasPrefix("label_") && $0.hasSuffix(".txt") }) {
            return .widerface
        }
        let annotations = FolderListing.names(in: folder + "/Annotations")
        if (annotations.isEmpty ? names : annotations).contains(where: { $0.hasSuffix(".xml") }) { return .voc }
        if COCOFolder.files(folder).contains(where: { COCOFile.looksLikeLabels($0) }) { return .coco }
        let hasTexts = names.contains { $0.hasSuffix(".txt") && !YOLONames.listNames.contains($0) }
        let hasPictures = names.contains { FolderListing.pictureExtensions.contains(PathName.fileExtension($0)) }
        if FileSystem.isFolder(folder + "/labels") || hasTexts && hasPictures { return .yolo }
        return FileSystem.isFolder(folder + "/train/labels") ? .yolo : nil
    }
}
