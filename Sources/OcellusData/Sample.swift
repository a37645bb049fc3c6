// What augmentation makes and training reads: pixels with the objects in them.
import OcellusImage

/// A picture in memory with its objects, in pixels of that picture. A picture without objects is a sample too.
///
/// Made by one thread and then handed over: whoever has it may write to its pixels.
public struct Sample: @unchecked Sendable {
    public var image: RGBImage
    /// The same canvas in finer detail, before it was dimmed, blurred, noised or compressed; nil unless it was asked for.
    public var detailed: RGBImage?
    public var labels: SampleLabels
    public var truths: [GroundTruth] { labels.truths }

    public init(image: RGBImage, detailed: RGBImage? = nil, labels: SampleLabels) {
        self.image = image
        self.detailed = detailed
        self.labels = labels
    }
}
