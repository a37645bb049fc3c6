// A folder in PASCAL VOC's layout: Annotations/*.xml, JPEGImages, lists in ImageSets/Main. Or, as labelling tools leave
// it, XML files beside their pictures.
import OcellusFiles
import OcellusTensor

extension Dataset {
    /// VOC counts pixels from 1 and includes the last one: xmin 1, xmax 1 is one pixel wide. Here that is 0 to 1.
    static func readVOC(_ folder: String, classes: [String]?) throws(OcellusError) -> Dataset {
        var reader = VOCFolder(folder, classes: classes)
        reader.read()
        return Dataset(
            name: PathName.last(folder), classes: reader.classes.names, pictures: reader.pictures,
            faults: reader.faults)
    }
}
