// A detector over a dataset: the path that users run, float or int8, picture by picture.
import Ocellus
import OcellusData
import OcellusDetection
import OcellusFiles
import OcellusImage
import OcellusTensor

/// Runs a detector on labelled pictures and keeps what measures need.
public final class DetectorEvaluation {
    /// Detections of a picture that a measure of a detector should see, more than a program wants: crowds have hundreds of faces.
    public static let maximumDetections = 750

    private let detector: Detector
    /// By the model's label: the dataset's label, or 0 for a class that the dataset does not have.
    private let labels: [Int]
    public private(set) var pictures: [EvaluatedPicture] = []
    /// The same with objects of classes that the model can find alone.
    var findable: [EvaluatedPicture] {
        pictures.map { picture in
            var picture = picture
            picture.truths.removeAll { !labels.contains($0.label) }
            return picture
        }
    }
    /// Measures of faces by smallest height, `FaceMeasures.heights`; empty for models without landmarks.
    public var faces: [FaceMeasures] {
        guard detector.description.architecture.landmarkCoder != nil else { return [] }
        let pictures = findable
        return FaceMeasures.heights.map { FaceMeasures(pictures, smallestHeight: $0) }
    }
    /// Classes of the dataset that the model cannot find.
    public let unknownClasses: [String]

    /// `classes` are the dataset's. Classes are the same when their names are, whatever the case, spaces
    /// and hyphens; one class on both sides is the same whatever it is called.
    ///
    /// Throws `.invalidArgument` when the model and the data have no class in common.
    public convenience init(_ detector: Detector, classes: [String]) throws(OcellusError) {
        let own = detector.description.labels
        func plain(_ name: String) -> String { name.lowercased().filter { !" _-".contains($0) } }
        let names = classes.map { plain($0) }
        var labels = [0] + own.map { label in (names.firstIndex(of: plain(label)) ?? -1) + 1 }
        if own.count == 1, classes.count == 1 { labels = [0, 1] }
        guard classes.isEmpty || labels.contains(where: { $0 > 0 }) else {
            throw OcellusError(
                .invalidArgument,
                "the model finds " + own.prefix(8).joined(separator: ", ") + " and the data has "
                    + classes.prefix(8).joined(separator: ", ") + ": no class in common")
        }
        let unknown = classes.indices.filter { !labels.contains($0 + 1) }.map { classes[$0] }
        self.init(detector, labels: labels, unknown: unknown)
    }

    private init(_ detector: Detector, labels: [Int], unknown: [String]) {
        self.detector = detector
        self.labels = labels
        unknownClasses = unknown
    }

    /// Looks at one picture of a dataset. Throws what reading it throws.
    public func add(_ picture: LabelledPicture) throws(OcellusError) {
        let image = try picture.read()
        try add(image, picture.truths)
    }

    /// Looks at one picture. Objects of which nothing is in it are errors of its labels and do not count; others are taken as they
    /// are, as detections are.
    public func add(_ image: RGBImage, _ truths: [GroundTruth]) throws(OcellusError) {
        let found = try detector.detect(image.view)
        let detections = found.compactMap { detection -> ScoredBox? in
            guard detection.label < labels.count, labels[detection.label] > 0 else { return nil }
            return ScoredBox(
                box: detection.box, label: labels[detection.label], score: detection.score,
                landmarks: detection.hasLandmarks ? detection.landmarks : nil)
        }
        let input = detector.description.preprocessing
        let scale = input.scales(width: image.width, height: image.height).y
        let (width, height) = (Float(image.width), Float(image.height))
        let seen = truths.filter { $0.box.clipped(toWidth: width, height: height).isProper }
        pictures.append(EvaluatedPicture(truths: seen, detections: detections, inputScale: scale))
    }
}
