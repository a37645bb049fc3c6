// One found object. Plain data: it can be copied into a caller's array as it is.

/// A box with its class and score, and for faces five landmarks.
public struct Detection: BitwiseCopyable, Sendable, Equatable {
    /// As it comes from `Decoder`: in pixels of the network's input, not clipped to it.
    public var box: Box
    /// The class number as the network counts: 0 is the background and never occurs here, objects start at 1.
    public var label: Int
    /// 0...1.
    public var score: Float
    /// In the same space as `box`; all 0 when `hasLandmarks` is false.
    public var landmarks: Landmarks
    public var hasLandmarks: Bool

    public init(box: Box, label: Int, score: Float, landmarks: Landmarks? = nil) {
        self.box = box
        self.label = label
        self.score = score
        self.landmarks = landmarks ?? Landmarks()
        hasLandmarks = landmarks != nil
    }
}
