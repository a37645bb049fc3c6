// How far off a refiner's points are, beside where they began.

/// Distances of points from the labelled ones over that of the labelled eyes, in squares of held back faces whose points were
/// moved as a detector's are off.
public struct RefinerMeasure: Sendable {
    /// Squares that were looked at.
    public let count: Int
    /// Mean distance before.
    public let before: Double
    /// Mean distance after.
    public let after: Double
    /// The share of points that are within a tenth of the eyes' distance after, 0...1.
    public let near: Double
}
