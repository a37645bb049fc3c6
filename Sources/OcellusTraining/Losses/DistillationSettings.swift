// How much a student listens to its teacher, and to which rows.
import OcellusDetection
import OcellusTensor

/// Settings of `DistillationLoss`.
public struct DistillationSettings: Sendable, Equatable {
    /// As in the decoder that will read the rows.
    public var scoreActivation: DecoderSettings.ScoreActivation
    /// What the whole loss is multiplied by.
    public var weight: Float
    /// Logits are divided by it: above 1, the teacher's doubts count more.
    public var temperature: Float
    /// The weights of all background anchors together are at most this many times those of the foreground.
    public var backgroundRatio: Float
    /// The power of the disagreement in a background anchor's weight.
    public var disagreementExponent: Float
    /// Boxes and landmarks are learnt where the teacher's foreground score is above this.
    public var regressionThreshold: Float
    /// From this foreground score on the teacher is taken to see an object: labels that say background there are taken to be
    /// incomplete and count nowhere, and where there is surely no object its features are not learnt. 1 is never.
    public var objectScore: Float
    public var boxWeight: Float
    public var landmarkWeight: Float
    /// As in `LossSettings`.
    public var beta: Float
    /// Of the values that one part of the network hands to the next, each compared as `FeatureLoss` says with those of a
    /// teacher of the student's architecture, with its normalisations, and as `MappedFeatureLoss` says with YuNet's.
    public var featureWeight: Float
    /// How many times finer than the student a teacher without anchors sees a picture, each way, 1...4: it finds faces
    /// that are small for the student, and takes the square of that in time.
    public var enlargement: Float

    public init(
        scoreActivation: DecoderSettings.ScoreActivation = .softmax, weight: Float = 1, temperature: Float = 1,
        backgroundRatio: Float = 3, disagreementExponent: Float = 1, regressionThreshold: Float = 0.3,
        objectScore: Float = 1, boxWeight: Float = 1, landmarkWeight: Float = 1, beta: Float = 1,
        featureWeight: Float = 0, enlargement: Float = 1
    ) {
        self.scoreActivation = scoreActivation
        self.weight = weight
        self.temperature = temperature
        self.backgroundRatio = backgroundRatio
        self.disagreementExponent = disagreementExponent
        self.regressionThreshold = regressionThreshold
        self.objectScore = objectScore
        self.boxWeight = boxWeight
        self.landmarkWeight = landmarkWeight
        self.beta = beta
        self.featureWeight = featureWeight
        self.enlargement = enlargement
    }

    func check() throws(OcellusError) {
        for (name, value) in [
            ("weight", weight), ("background ratio", backgroundRatio), ("exponent", disagreementExponent),
            ("box weight", boxWeight), ("landmark weight", landmarkWeight), ("beta", beta),
            ("feature weight", featureWeight),
        ] {
            guard value >= 0, value.isFinite else {
                throw OcellusError(
                    .invalidArgument, "distillation with a \(name) of \(value): must be finite and at least 0")
            }
        }
        guard 1...4 ~= enlargement else {
            throw OcellusError(
                .invalidArgument, "a teacher that sees pictures \(enlargement) times larger: expected 1 to 4")
        }
        guard 0.1...100 ~= temperature, 0...1 ~= regressionThreshold, 0...1 ~= objectScore else {
            throw OcellusError(
                .invalidArgument,
                "distillation at a temperature of \(temperature) with boxes above a score of \(regressionThreshold) and "
                    + "objects from a score of \(objectScore) on: expected 0.1 to 100, 0 to 1 and 0 to 1")
        }
    }
}
