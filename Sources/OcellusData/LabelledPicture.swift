// A picture on disk with what its labels say about it. Pixels are read by PictureStore when they are needed.
import OcellusFiles

/// One picture of a dataset.
public struct LabelledPicture: Sendable, Equatable {
    /// Where the picture can be opened.
    public var path: String
    /// As its labels call it, such as `street/0001.jpg`.
    public var name: String
    /// In the order of the labels, in pixels of the picture. Empty for a picture without objects.
    public var truths: [GroundTruth]
    /// The lists of the dataset that it stands in, such as `train`; empty when there are no lists.
    public var splits: [String]
    /// Which of several collections it comes from: the folder in its name, or the dataset's own name.
    public var source: String
    /// The size that the labels state; nil where the format states none.
    public var statedSize: PixelSize?
    /// The file with its labels.
    public var labelFile: String

    public init(
        path: String, name: String, truths: [GroundTruth] = [], splits: [String] = [], source: String = "",
        statedSize: PixelSize? = nil, labelFile: String = ""
    ) {
        self.path = path
        self.name = name
        self.truths = truths
        self.splits = splits
        self.source = source
        self.statedSize = statedSize
        self.labelFile = labelFile
    }
}
