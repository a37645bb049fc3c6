// How well objects of each class were found: VOC's and COCO's measures.
import OcellusData

/// Measures of one class.
public struct ClassMeasures: Sendable {
    public let name: String
    /// Objects that count: neither difficult nor to be ignored.
    public let truthCount: Int
    /// At an overlap (intersection over union) of 0.5, by VOC's rule of matching.
    public let curve: PrecisionRecallCurve
    /// COCO's average precision at overlaps 0.5, 0.55, … 0.95; empty without objects.
    public let cocoByOverlap: [Double]

    /// Area under the curve at an overlap of 0.5 (VOC from 2010 on); nil without objects.
    public var ap50: Double? { curve.averagePrecision(.area) }
    /// VOC 2007's eleven points; nil without objects.
    public var ap07: Double? { curve.averagePrecision(.elevenPoint) }
    /// COCO's mean over ten overlaps; nil without objects.
    public var ap: Double? { ObjectMeasures.mean(cocoByOverlap.map { $0 }) }
}

/// Measures of all classes and their means, over the classes that have objects.
public struct ObjectMeasures: Sendable {
    public let classes: [ClassMeasures]

    /// COCO's overlaps.
    public static let overlaps = (0..<10).map { 0.5 + 0.05 * Double($0) }
    /// COCO's limit of detections of one class in one picture.
    static let cocoLimit = 100

    public var map50: Double? { ObjectMeasures.mean(classes.compactMap(\.ap50)) }
    public var map07: Double? { ObjectMeasures.mean(classes.compactMap(\.ap07)) }
    public var map: Double? { ObjectMeasures.mean(classes.compactMap(\.ap)) }
    /// COCO's mean at an overlap of 0.5 alone.
    public var cocoMap50: Double? { ObjectMeasures.mean(classes.compactMap(\.cocoByOverlap.first)) }
    /// COCO's mean at an overlap of 0.75 alone.
    public var cocoMap75: Double? {
        ObjectMeasures.mean(classes.compactMap { $0.cocoByOverlap.count > 5 ? $0.cocoByOverlap[5] : nil })
    }

    /// `classes[i]` names label i + 1.
    public init(_ pictures: [EvaluatedPicture], classes: [String]) {
        self.classes = classes.enumerated().map { index, name in
            let parts = pictures.map { ObjectMeasures.part($0, label: index + 1) }
            let counted = parts.reduce(0) { sum, part in
                sum + part.truths.count { !$0.isDifficult && !$0.isIgnored }
            }
            let curve = ObjectMeasures.curve(parts, rule: .voc, overlap: 0.5, truthCount: counted)
            let coco =
                counted == 0
                ? []
                : ObjectMeasures.overlaps.compactMap { overlap in
                    ObjectMeasures.curve(parts, rule: .coco, overlap: overlap, truthCount: counted)
                        .averagePrecision(.hundredAndOnePoint)
                }
            return ClassMeasures(name: name, truthCount: counted, curve: curve, cocoByOverlap: coco)
        }
    }

    private static func curve(
        _ parts: [EvaluatedPicture], rule: MatchingRule, overlap: Double, truthCount: Int
    ) -> PrecisionRecallCurve {
        var outcomes: [(score: Float, isRight: Bool)] = []
        for part in parts {
            let limit = rule == .coco ? cocoLimit : part.detections.count
            let detections = part.detections.prefix(limit)
            let isIgnored = part.truths.map { $0.isDifficult || $0.isIgnored }
            let matches = rule.match(detections, part.truths, isIgnored: isIgnored, overlap: overlap)
            for (detection, match) in zip(detections, matches) where match != .ignored {
                outcomes.append((detection.score, match != .wrong))
            }
        }
        return PrecisionRecallCurve(outcomes, truthCount: truthCount)
    }

    /// One class of a picture, detections best first; equal scores keep their order.
    private static func part(_ picture: EvaluatedPicture, label: Int) -> EvaluatedPicture {
        EvaluatedPicture(
            truths: picture.truths.filter { $0.label == label },
            detections: picture.detections.filter { $0.label == label }.sortedByScore, inputScale: picture.inputScale)
    }

    static func mean(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
}

extension [ScoredBox] {
    /// Best first; equal scores keep their order.
    var sortedByScore: [ScoredBox] {
        indices.sorted { (-self[$0].score, $0) < (-self[$1].score, $1) }.map { self[$0] }
    }
}
