// What the detection loss is made of. Checked when the loss is made.
import OcellusDetection
import OcellusTensor

/// Settings of `MultiBoxLoss`. The defaults are those of SSD.
public struct LossSettings: Sendable, Equatable {
    /// What keeps the many background anchors from drowning the few objects.
    public enum Classification: Sendable, Equatable {
        /// Cross-entropy of all positives and of each picture's hardest background anchors: `ratio` for each positive of
        /// the picture, at least `least` (a picture without objects teaches what is none). Those of a picture without
        /// objects count `negativeWeight` times, 1...255: all anchors of a crowd are divided by the same number as the few
        /// that take a dog for a face.
        case hardNegatives(ratio: Float = 3, least: Int = 0, negativeWeight: Int = 1)
        /// Focal loss (arXiv 1708.02002) of all anchors. Label smoothing does not apply.
        case focal(alpha: Float = 0.25, gamma: Float = 2)
    }

    public var classification: Classification
    /// As in the decoder that will read the rows.
    public var scoreActivation: DecoderSettings.ScoreActivation
    public var classWeight: Float
    public var boxWeight: Float
    public var landmarkWeight: Float
    /// Where smooth L1 turns from a parabola into a line, in encoded units; 0 is plain L1.
    public var beta: Float
    /// Share of the target that is spread over all classes, 0..<1.
    public var labelSmoothing: Float

    public init(
        classification: Classification = .hardNegatives(), scoreActivation: DecoderSettings.ScoreActivation = .softmax,
        classWeight: Float = 1, boxWeight: Float = 1, landmarkWeight: Float = 1, beta: Float = 1,
        labelSmoothing: Float = 0
    ) {
        self.classification = classification
        self.scoreActivation = scoreActivation
        self.classWeight = classWeight
        self.boxWeight = boxWeight
        self.landmarkWeight = landmarkWeight
        self.beta = beta
        self.labelSmoothing = labelSmoothing
    }

    func check() throws(OcellusError) {
        for (name, weight) in [
            ("class weight", classWeight), ("box weight", boxWeight), ("landmark weight", landmarkWeight),
            ("beta", beta),
        ] {
            guard weight >= 0, weight.isFinite else {
                throw OcellusError(.invalidArgument, "a \(name) of \(weight): must be a finite number of at least 0")
            }
        }
        guard 0..<1 ~= labelSmoothing else {
            throw OcellusError(.invalidArgument, "label smoothing of \(labelSmoothing): must be 0 or more and below 1")
        }
        switch classification {
        case .hardNegatives(let ratio, let least, let negativeWeight):
            guard ratio >= 0, ratio.isFinite, least >= 0 else {
                throw OcellusError(
                    .invalidArgument,
                    "\(ratio) negatives a positive and at least \(least) a picture: neither can be below 0")
            }
            guard 1...255 ~= negativeWeight else {
                throw OcellusError(
                    .invalidArgument, "a weight of \(negativeWeight) for pictures without objects: must be 1 to 255")
            }
        case .focal(let alpha, let gamma):
            guard 0...1 ~= alpha, 0...10 ~= gamma else {
                throw OcellusError(
                    .invalidArgument,
                    "a focal loss with alpha \(alpha) and gamma \(gamma): expected 0 to 1 and 0 to 10")
            }
        }
    }
}
