// Which labelled objects a model misses: they teach it most, and in a collection of easy ones it hardly meets them. Looked through
// once, before the first step, as for pictures without objects (`NegativeMining`).
import Ocellus
import OcellusData
import OcellusDetection
import OcellusEvaluation
import OcellusModels
import OcellusTensor

/// Makes a run show objects the more often the less sure its start model is of them.
public enum ObjectMining {
    /// Below this score nothing is seen.
    public static let scoreThreshold: Float = 0.05
    /// Overlap from which on a detection is of an object.
    public static let overlap: Float = 0.5
    /// Pixels of the network's input: objects whose smaller side is below are not hard to tell, only small.
    public static let smallestSide: Float = 12

    /// Looks at every labelled picture of `datasets` and sets how often each object is chosen: 1 + 4 (1 - s) times, rounded
    /// down, with s the best score of a detection of its class that lies on it. A picture is drawn as often as its hardest
    /// object. Returns how many objects were looked for and how many were missed, with s below .5.
    ///
    /// `progress` is called with the number of pictures looked at. Throws what reading a picture throws.
    @discardableResult
    public static func weigh(
        _ datasets: inout [Dataset], by model: Model, threads: Int, progress: (Int) -> Void = { _ in }
    ) throws(OcellusError) -> (objects: Int, missed: Int) {
        var (objects, missed) = (0, 0)
        try datasets.lookThrough(
            by: model, scoreThreshold: scoreThreshold, threads: threads, where: { !$0.truths.isEmpty },
            progress: progress
        ) { picture, detector throws(OcellusError) in
            let scores = try scores(of: picture, by: detector)
            let repeats = scores.map { score in score.map { 1 + Int(4 * (1 - $0)) } ?? 1 }
            picture.truthRepeats = repeats
            picture.repeats = repeats.max() ?? 1
            objects += scores.count { $0 != nil }
            missed += scores.count { $0 ?? 1 < 0.5 }
        }
        return (objects, missed)
    }

    /// How sure the detector is of each object of a picture, 0...1; nil for those that nothing is learnt from (ignored
    /// and difficult ones) and that are too small.
    private static func scores(
        of picture: LabelledPicture, by detector: Detector
    ) throws(OcellusError) -> [Float?] {
        let image = try picture.read()
        let input = detector.description.preprocessing
        let scale = input.scales(width: image.width, height: image.height)
        let found = Array(try detector.detect(image.view))
        return picture.truths.map { truth in
            guard !truth.isIgnored, !truth.isDifficult,
                min(truth.box.width * scale.x, truth.box.height * scale.y) >= smallestSide
            else { return nil }
            return found.filter { $0.label == truth.label && $0.box.intersectionOverUnion(truth.box) >= overlap }
                .map(\.score).max() ?? 0
        }
    }
}
