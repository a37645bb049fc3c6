// One picture of an evaluation: what is in it and what was found in it.
import OcellusData

public struct EvaluatedPicture: Sendable {
    /// In pixels of the picture.
    public var truths: [GroundTruth]
    /// In pixels of the picture, in any order.
    public var detections: [ScoredBox]
    /// Network pixels for a pixel of the picture: heights of faces are told in network pixels.
    public var inputScale: Float

    public init(truths: [GroundTruth], detections: [ScoredBox], inputScale: Float = 1) {
        self.truths = truths
        self.detections = detections
        self.inputScale = inputScale
    }
}
