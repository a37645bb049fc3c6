// A set of labelled pictures: what training, evaluation and the data commands begin with. No pixels are held here.
import OcellusFiles

/// Pictures with their objects and the names of the classes.
///
/// What could not be used stands in `faults`: nothing is left out without a word.
public struct Dataset: Sendable {
    /// The name of its folder.
    public var name: String
    /// Names of the classes 1, 2, …
    public var classes: [String]
    public var pictures: [LabelledPicture]
    /// What reading the labels found. `DatasetCheck` adds what only the pictures can tell.
    public var faults: [DataFault]

    public init(name: String, classes: [String], pictures: [LabelledPicture], faults: [DataFault] = []) {
        self.name = name
        self.classes = classes
        self.pictures = pictures
        self.faults = faults
    }

    /// Names of the lists that its pictures stand in, sorted.
    public var splits: [String] { Array(Set(pictures.flatMap(\.splits))).sorted() }

    /// Names of the collections its pictures come from, sorted.
    public var sources: [String] { Array(Set(pictures.map(\.source))).sorted() }

    /// Lets landmarks that a machine set, whose weight is below 1, count `weight` from now on, 0...1.
    public mutating func weighMachineLandmarks(_ weight: Float) {
        for picture in pictures.indices {
            for truth in pictures[picture].truths.indices where pictures[picture].truths[truth].landmarkWeight < 1 {
                pictures[picture].truths[truth].landmarkWeight = weight
            }
        }
    }

    /// The number of objects in all pictures.
    public var truthCount: Int { pictures.reduce(0) { $0 + $1.truths.count } }
}
