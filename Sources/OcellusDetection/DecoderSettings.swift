// What a decoder is told besides the anchors. Checked when made, so that decoding has nothing left to doubt.
import OcellusTensor

/// The two numbers that may change from frame to frame.
public struct Thresholds: BitwiseCopyable, Sendable, Equatable {
    /// The smallest score that is reported, 0...1.
    public let score: Float
    /// Of two boxes that overlap by more than this, the one with the lower score is dropped, 0...1.
    public let intersectionOverUnion: Float

    /// Throws `.invalidArgument` for a number outside 0...1 or NaN.
    public init(score: Float, intersectionOverUnion: Float) throws(OcellusError) {
        guard 0...1 ~= score else {
            throw OcellusError(.invalidArgument, "a score threshold of \(score): must be 0 to 1")
        }
        guard 0...1 ~= intersectionOverUnion else {
            throw OcellusError(.invalidArgument, "an overlap threshold of \(intersectionOverUnion): must be 0 to 1")
        }
        self.score = score
        self.intersectionOverUnion = intersectionOverUnion
    }
}

/// How head rows become detections.
public struct DecoderSettings: BitwiseCopyable, Sendable, Equatable {
    /// What turns logits into scores. Column 0 of the scores is the background in both.
    public enum ScoreActivation: BitwiseCopyable, Sendable, Equatable {
        /// Scores of a row sum to 1.
        case softmax
        /// Each class on its own; the background's logit is not looked at.
        case sigmoid
    }

    /// Which boxes compete in suppression.
    public enum Suppression: BitwiseCopyable, Sendable, Equatable {
        /// Those of one class.
        case perClass
        /// All: one object has one class.
        case agnostic
    }

    public var scoreActivation: ScoreActivation
    public var suppression: Suppression
    /// How many boxes of a class (of all classes together when agnostic) enter suppression, the best ones. It bounds
    /// the work whatever the network says: at most the square of this a class.
    public var candidatesPerClass: Int
    /// How many detections are handed out, the best ones.
    public var maximumDetections: Int
    /// From this overlap on, boxes and landmarks that a detection suppresses are averaged into it, weighted by the square
    /// of their scores; nil drops them. For networks whose boxes all compete in one list.
    public var blendOverlap: Float?

    public init(
        scoreActivation: ScoreActivation, suppression: Suppression = .perClass,
        candidatesPerClass: Int = 400, maximumDetections: Int = 200, blendOverlap: Float? = nil
    ) {
        self.scoreActivation = scoreActivation
        self.suppression = suppression
        self.candidatesPerClass = candidatesPerClass
        self.maximumDetections = maximumDetections
        self.blendOverlap = blendOverlap
    }

    func check() throws(OcellusError) {
        guard 1...Anchors.limit ~= candidatesPerClass, 1...Anchors.limit ~= maximumDetections else {
            throw OcellusError(
                .invalidArgument,
                "\(candidatesPerClass) candidates a class and \(maximumDetections) detections: each must be 1 to "
                    + "\(Anchors.limit)")
        }
        guard 0...1 ~= blendOverlap ?? 1 else {
            throw OcellusError(.invalidArgument, "blending from an overlap of \(blendOverlap ?? 1): must be 0 to 1")
        }
    }
}
