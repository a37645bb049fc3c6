// How far scores are to be moved after training, by the anchor's size and by the class. Theory: docs/training.md.
import OcellusTensor

/// What is added to the logits of objects ("logit adjustment", arXiv 2007.07314). An anchor's and a class's numbers add up.
public struct ScoreAdjustment: Sendable {
    /// Largest size, the root of an anchor's area in pixels of the input, and the number that its objects' logits get. An anchor
    /// gets that of the smallest such size that it does not exceed, or none.
    public var sizes: [(limit: Float, offset: Float)]
    /// By the class's place among the labels.
    public var classes: [Int: Float]

    public init(sizes: [(limit: Float, offset: Float)] = [], classes: [Int: Float] = [:]) {
        self.sizes = sizes
        self.classes = classes
    }

    /// A logit of 20 is a score that differs from 1 by less than a float can tell.
    static let largest: Float = 20

    /// Anchors are normalised to the input: 20 of 300 pixels come back as a little more or less.
    static func fits(_ size: Float, _ limit: Float) -> Bool { size <= limit * 1.0001 }

    func offset(size: Float, label: Int) -> Float {
        let bySize = sizes.filter { ScoreAdjustment.fits(size, $0.limit) }.min { $0.limit < $1.limit }?.offset ?? 0
        return bySize + (classes[label] ?? 0)
    }

    /// Throws `.invalidArgument`, see `Model.adjustingScores`.
    func check(labels: Int) throws(OcellusError) {
        for offset in sizes.map(\.offset) + classes.values where !(abs(offset) <= ScoreAdjustment.largest) {
            throw OcellusError(
                .invalidArgument,
                "\(offset) to be added to scores: must be -\(ScoreAdjustment.largest) to \(ScoreAdjustment.largest)")
        }
        for size in sizes where !(size.limit > 0) {
            throw OcellusError(.invalidArgument, "anchors of at most \(size.limit) pixels: must be above 0")
        }
        for label in classes.keys where !(0..<labels ~= label) {
            throw OcellusError(.invalidArgument, "class \(label) of \(labels)")
        }
    }
}
