// The label formats that are read, and how a folder says which one it has.
import OcellusTensor

/// A way of labelling a folder of pictures.
public enum DataFormat: String, Sendable, CaseIterable {
    /// PASCAL VOC: Annotations/*.xml, JPEGImages, lists in ImageSets/Main.
    case voc
    /// COCO: JSON files with images, annotations and categories.
    case coco
    /// RetinaFace's text lists of faces: label_*.txt beside images/.
    case widerface
    /// YOLO: a .txt beside each picture or in labels/, class names in a list.
    case yolo
    /// Pictures without labels: none of them has an object.
    case empty
}
