// A folder of RetinaFace's text lists: label_train.txt, label_val.txt and so on, with images/ beside them.
import OcellusFiles
import OcellusTensor

extension Dataset {
    /// Every `label*.txt` of the folder, RetinaFace's own `label.txt` too; the split is what follows `label_` in its name.
    /// The one class is `face`.
    static func readWiderText(_ folder: String) throws(OcellusError) -> Dataset {
        let name = PathName.last(folder)
        var dataset = Dataset(name: name, classes: ["face"], pictures: [])
        let images = FileSystem.isFolder(folder + "/images") ? folder + "/images" : folder
        for list in FolderListing.names(in: folder) where list.hasPrefix("label") && list.hasSuffix(".txt") {
            let stem = PathName.stem(list)
            let split = stem.hasPrefix("label_") ? String(stem.dropFirst(6)) : ""
            let reader = try WiderTextReader(file: folder + "/" + list, folder: images, split: split)
            dataset.pictures += reader.pictures
            dataset.faults += reader.faults
        }
        return dataset
    }

    /// All pictures below a folder, none of which has an object.
    static func readEmpty(_ folder: String, classes: [String]) -> Dataset {
        let name = PathName.last(folder)
        let pictures = FolderListing.pictures(below: folder).map { picture in
            var picture = LabelledPicture(path: folder + "/" + picture, name: picture, source: name)
            picture.isChosenEmpty = true
            return picture
        }
        return Dataset(name: name, classes: classes, pictures: pictures)
    }
}
