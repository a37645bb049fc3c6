// A picture on disk, or held in memory, with what its labels say about it. Pixels on disk are read by PictureStore when
// they are needed.
import OcellusFiles
import OcellusImage
import OcellusTensor

/// One picture of a dataset.
public struct LabelledPicture: Sendable, Equatable {
    /// Where the picture can be opened; for one in memory a name that no other picture of the dataset has.
    public var path: String
    /// As its labels call it, such as `street/0001.jpg`.
    public var name: String
    /// In the order of the labels, in pixels of the picture. Empty for a picture without objects.
    public var truths: [GroundTruth]
    /// Somebody chose it for having no object. A picture without `truths` alone may have some that its labels leave out.
    public var isChosenEmpty = false
    /// How many times as often as another one it comes, at least 1; where collections are drawn by weights, another one of its own.
    public var repeats = 1
    /// How many times as often as another one each of `truths` is chosen to be shown, at least 1; empty where all are alike.
    public var truthRepeats: [Int] = []
    /// Which box of its labels each of `truths` is, from 1, where some were left out as faulty; empty where none was.
    public var boxNumbers: [Int] = []
    /// The lists of the dataset that it stands in, such as `train`; empty when there are no lists.
    public var splits: [String]
    /// Which of several collections it comes from: the folder in its name, or the dataset's own name.
    public var source: String
    /// The size that the labels state; nil where the format states none.
    public var statedSize: PixelSize?
    /// The file with its labels.
    public var labelFile: String
    /// The picture itself where it came from memory; nil for a file.
    public var held: PictureStore.Picture?

    public init(
        path: String, name: String, truths: [GroundTruth] = [], splits: [String] = [], source: String = "",
        statedSize: PixelSize? = nil, labelFile: String = "", held: PictureStore.Picture? = nil
    ) {
        self.path = path
        self.name = name
        self.truths = truths
        self.splits = splits
        self.source = source
        self.statedSize = statedSize
        self.labelFile = labelFile
        self.held = held
    }

    /// The picture at its full size, or as `PictureFile.read` reduces it. Nobody may write to its pixels.
    ///
    /// Throws what reading its file throws; nothing for a picture in memory.
    public func read(maximumSide: Int? = nil) throws(OcellusError) -> RGBImage {
        if let held { return held.image }
        return try PictureFile.read(path: path, maximumSide: maximumSide)
    }

    /// The full size, from the file's header. Throws as `read`.
    public func size() throws(OcellusError) -> PixelSize {
        if let held { return PixelSize(width: held.image.width, height: held.image.height) }
        return try PictureFile.size(path: path)
    }

    /// Adds box `number` of the labels.
    mutating func add(_ truth: GroundTruth, number: Int) {
        if boxNumbers.isEmpty, number != truths.count + 1 { boxNumbers = Array(1..<(truths.count + 1)) }
        if number != truths.count + 1 || !boxNumbers.isEmpty { boxNumbers.append(number) }
        truths.append(truth)
    }

    /// One of `truths`, drawn; nil where there is none.
    func drawnTruth(_ random: inout SeededRandom) -> GroundTruth? {
        guard !truths.isEmpty else { return nil }
        guard truthRepeats.count == truths.count else { return truths[random.index(truths.count)] }
        return truths[random.index(weights: truthRepeats.map { Float($0) })]
    }

    /// The number in the labels of `truths[index]`.
    public func boxNumber(_ index: Int) -> Int { index < boxNumbers.count ? boxNumbers[index] : index + 1 }
}
