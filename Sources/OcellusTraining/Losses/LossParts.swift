// The value of a loss by its parts, for people and for the history.

/// Losses per positive anchor, each before its weight, and their weighted sum.
public struct LossParts: Sendable, Equatable {
    public var classification: Float = 0
    public var boxes: Float = 0
    public var landmarks: Float = 0
    /// The teacher's part as a whole, with its inner weights; 0 without a teacher.
    public var distillation: Float = 0
    /// What is minimised.
    public var total: Float = 0
    /// Anchors that learn an object, in the whole batch.
    public var positives = 0
    /// Background anchors in the classification loss.
    public var negatives = 0

    public init() {}

    /// Whether everything is finite.
    public var isFinite: Bool {
        classification.isFinite && boxes.isFinite && landmarks.isFinite && distillation.isFinite && total.isFinite
    }
}

extension LossParts {
    mutating func add(_ other: LossParts, share: Float) {
        classification += share * other.classification
        boxes += share * other.boxes
        landmarks += share * other.landmarks
        distillation += share * other.distillation
        total += share * other.total
        positives += other.positives
        negatives += other.negatives
    }
}
