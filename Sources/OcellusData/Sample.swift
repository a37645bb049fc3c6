// What augmentation makes and training reads: pixels with the objects in them.
import OcellusImage

/// A picture in memory with its objects, in pixels of that picture. A picture without objects is a sample too.
///
/// Made by one thread and then handed over: whoever has it may write to its pixels.
public struct Sample: @unchecked Sendable {
    public var image: RGBImage
    public var labels: SampleLabels
    public var truths: [GroundTruth] { labels.truths }

    public init(image: RGBImage, labels: SampleLabels) {
        self.image = image
        self.labels = labels
    }
}
