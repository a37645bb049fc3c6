// How well faces were found, by their size, and how well their points lie.
import OcellusData
import OcellusDetection

/// Measures of faces of at least one height.
public struct FaceMeasures: Sendable {
    /// In network pixels: faces below are neither to be found nor wrong when they are.
    public let smallestHeight: Float
    /// At an overlap of 0.5. `averagePrecision(.area)` is the AP by which face detectors are compared.
    public let curve: PrecisionRecallCurve
    /// Mean distance of the five points over the distance of the labelled eyes, one for every face found with points.
    public let landmarkErrors: [Double]

    /// Heights that are reported unless the caller says otherwise.
    public static let heights: [Float] = [0, 12, 20, 32, 64]

    public var faceCount: Int { curve.truthCount }
    public var ap50: Double? { curve.averagePrecision(.area) }
    /// Mean of `landmarkErrors` (normalised mean error); nil without any.
    public var nme: Double? { ObjectMeasures.mean(landmarkErrors) }
    /// Median of `landmarkErrors`, the upper one of an even number; nil without any.
    public var medianNME: Double? {
        landmarkErrors.isEmpty ? nil : landmarkErrors.sorted()[landmarkErrors.count / 2]
    }

    public init(_ pictures: [EvaluatedPicture], smallestHeight: Float) {
        self.smallestHeight = smallestHeight
        var outcomes: [(score: Float, isRight: Bool)] = []
        var (errors, counted): ([Double], Int) = ([], 0)
        for picture in pictures {
            let detections = picture.detections.sortedByScore[...]
            let isIgnored = picture.truths.map { truth in
                truth.isIgnored || truth.isDifficult || truth.box.height * picture.inputScale < smallestHeight
            }
            counted += isIgnored.count { !$0 }
            let matches = MatchingRule.faces.match(detections, picture.truths, isIgnored: isIgnored, overlap: 0.5)
            for (detection, match) in zip(detections, matches) where match != .ignored {
                outcomes.append((detection.score, match != .wrong))
                guard case .right(let index) = match, let points = picture.truths[index].landmarks,
                    let found = detection.landmarks
                else { continue }
                errors.append(FaceMeasures.landmarkError(found, points))
            }
        }
        curve = PrecisionRecallCurve(outcomes, truthCount: counted)
        landmarkErrors = errors
    }

    static func landmarkError(_ found: Landmarks, _ truth: Landmarks) -> Double {
        var sum = 0.0
        for index in 0..<Landmarks.count { sum += distance(found[index], truth[index]) }
        return sum / Double(Landmarks.count) / max(distance(truth.leftEye, truth.rightEye), 1e-6)
    }

    private static func distance(_ a: Point, _ b: Point) -> Double {
        let (x, y) = (Double(a.x) - Double(b.x), Double(a.y) - Double(b.y))
        return (x * x + y * y).squareRoot()
    }
}
