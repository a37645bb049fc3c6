// How good a model is on pictures that it was not trained on: by the path that users run.
import Ocellus
import OcellusData
import OcellusEvaluation
import OcellusModels
import OcellusTensor

/// Measures of one model.
public struct Measurement: Sendable {
    public let objects: ObjectMeasures
    /// By smallest height, for models with landmarks: `FaceMeasures.heights`.
    public let faces: [FaceMeasures]
    public let pictures: Int

    /// What a run is judged by: mAP at an overlap of 0.5; for faces of at least 12 network pixels when there are
    /// landmarks.
    public var metric: Double {
        (faces.isEmpty ? objects.map50 : faces.first { $0.smallestHeight == 12 }?.ap50) ?? 0
    }

    /// What decides between two int8 models: landmarks lose more to bytes than boxes, and a few thousandths of AP are noise.
    var quality: Double { metric - 0.2 * (faces.first { $0.smallestHeight == 12 }?.nme ?? 0) }

    /// Scores from here on count in the curves.
    static let scoreThreshold: Float = 0.02

    /// Measures `model` on `evaluation` with so many threads. Throws what reading the pictures throws.
    public init(_ model: Model, _ evaluation: [LabelledPicture], threads: Int) throws(OcellusError) {
        var options = Detector.Options()
        options.threads = threads
        options.scoreThreshold = Measurement.scoreThreshold
        options.maximumDetections = DetectorEvaluation.maximumDetections
        let detector = try Detector(model, options: options)
        let run = try DetectorEvaluation(detector, classes: model.description.labels)
        for picture in evaluation { try run.add(picture) }
        objects = ObjectMeasures(run.pictures, classes: model.description.labels)
        faces = run.faces
        pictures = evaluation.count
    }

    /// "mAP .71" or "AP .84 at 12 px, .91 at 20, .94 at 32, NME .08", for people.
    public var summary: String {
        guard !faces.isEmpty else { return "mAP " + Measurement.short(objects.map50) }
        var parts: [String] = []
        for face in faces where face.smallestHeight > 0 {
            parts.append("\(Measurement.short(face.ap50)) at \(Int(face.smallestHeight)) px")
        }
        let error = faces.first { $0.smallestHeight == 12 }?.nme
        return "AP " + parts.joined(separator: ", ") + ", NME " + Measurement.short(error)
    }

    /// Three digits without the leading zero.
    static func short(_ value: Double?) -> String {
        guard let value, value.isFinite else { return "none" }
        // An NME has no upper bound: a broken model's points may be anywhere.
        guard abs(value) < 1e6 else { return "\(value)" }
        let digits = Int((value * 1000).rounded())
        return value < 1 && digits < 1000
            ? "." + String(repeating: "0", count: 3 - String(digits).count) + "\(digits)"
            : "\(Double(digits) / 1000)"
    }
}
