// What augmentation makes and training reads: pixels with the objects in them.
import OcellusImage

/// A picture in memory with its objects, in pixels of that picture. A picture without objects is a sample too.
///
/// Made by one thread and then handed over: whoever has it may write to its pixels.
public struct Sample: @unchecked Sendable {
    public var image: RGBImage
    public var truths: [GroundTruth]

    public init(image: RGBImage, truths: [GroundTruth]) {
        self.image = image
        self.truths = truths
    }
}
