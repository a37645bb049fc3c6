// From which overlap on an anchor is responsible for an object. Checked when made.
import OcellusModels
import OcellusTensor

/// Thresholds of matching, all on the intersection over the union unless said otherwise.
public struct MatchingSettings: Sendable, Equatable {
    /// From this overlap on an anchor is positive.
    public let positive: Float
    /// Below this overlap an anchor is background. From here up to `positive` it counts nowhere.
    public let negative: Float
    /// Above this overlap with an ignored truth an anchor counts nowhere.
    public let ignoredOverlap: Float
    /// Above this share of its own area inside an ignored truth an anchor counts nowhere.
    public let ignoredCoverage: Float
    /// Difficult objects are treated as ignored ones, not learnt.
    public let ignoresDifficult: Bool

    /// What training uses for a kind of detector: faces are matched at 0.35, objects at 0.5 with a gap down to 0.4.
    public init(for architecture: Architecture) throws(OcellusError) {
        let isFace = architecture.landmarkCoder != nil
        try self.init(positive: isFace ? 0.35 : 0.5, negative: isFace ? 0.35 : 0.4)
    }

    /// SSD has 0.5 for both thresholds, RetinaFace 0.35.
    ///
    /// Throws `.invalidArgument` for a number outside 0...1, a threshold of 0 or a `negative` above `positive`.
    public init(
        positive: Float, negative: Float, ignoredOverlap: Float = 0.2, ignoredCoverage: Float = 0.6,
        ignoresDifficult: Bool = true
    ) throws(OcellusError) {
        guard 0...1 ~= positive, negative > 0, negative <= positive else {
            throw OcellusError(
                .invalidArgument,
                "anchors positive from an overlap of \(positive) and negative below \(negative): expected "
                    + "0 < negative <= positive <= 1")
        }
        guard 0...1 ~= ignoredOverlap, 0...1 ~= ignoredCoverage else {
            throw OcellusError(
                .invalidArgument,
                "anchors ignored above an overlap of \(ignoredOverlap) or a coverage of \(ignoredCoverage): each must "
                    + "be 0 to 1")
        }
        self.positive = positive
        self.negative = negative
        self.ignoredOverlap = ignoredOverlap
        self.ignoredCoverage = ignoredCoverage
        self.ignoresDifficult = ignoresDifficult
    }
}
