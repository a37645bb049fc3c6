// What a detector said about one picture, as evaluation compares it with the ground truth.
import OcellusDetection

/// One detection in pixels of its picture.
public struct ScoredBox: Sendable, Equatable {
    public var box: Box
    /// 1, 2, …, as in `GroundTruth`.
    public var label: Int
    public var score: Float
    public var landmarks: Landmarks?

    public init(box: Box, label: Int, score: Float, landmarks: Landmarks? = nil) {
        self.box = box
        self.label = label
        self.score = score
        self.landmarks = landmarks
    }
}
