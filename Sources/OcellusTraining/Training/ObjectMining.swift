// Which labelled objects a model misses: they teach it most, and in a collection of easy ones it hardly meets them. Looked through
// once, before the first step, as for pictures without objects (`NegativeMining`).
import Ocellus
import OcellusData
import OcellusDetection
import OcellusImage
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
        var options = Detector.Options()
        options.threads = threads
        options.scoreThreshold = scoreThreshold
        let detector = try Detector(model, options: options)
        let input = model.description.preprocessing
        var (objects, missed, done) = (0, 0, 0)
        for set in datasets.indices {
            for index in datasets[set].pictures.indices where !datasets[set].pictures[index].truths.isEmpty {
                let scores = try scores(of: datasets[set].pictures[index], by: detector, input)
                let repeats = scores.map { score in score.map { 1 + Int(4 * (1 - $0)) } ?? 1 }
                datasets[set].pictures[index].truthRepeats = repeats
                datasets[set].pictures[index].repeats = repeats.max() ?? 1
                objects += scores.count { $0 != nil }
                missed += scores.count { $0 ?? 1 < 0.5 }
                done += 1
                progress(done)
            }
        }
        return (objects, missed)
    }

    /// How sure the detector is of each object of a picture, 0...1; nil for those that are ignored or too small.
    private static func scores(
        of picture: LabelledPicture, by detector: Detector, _ input: Preprocessing
    ) throws(OcellusError) -> [Float?] {
        let image = try picture.read()
        let size = try picture.size()
        // A file may be reduced as it is read; labels are in pixels of the whole.
        let (x, y) = (Float(size.width) / Float(image.width), Float(size.height) / Float(image.height))
        let scale = min(Float(input.inputWidth) / Float(size.width), Float(input.inputHeight) / Float(size.height))
        let found = try detector.detect(image.view).map {
            (box: $0.box.scaled(x: x, y: y), label: $0.label, score: $0.score)
        }
        return picture.truths.map { truth in
            guard !truth.isIgnored, min(truth.box.width, truth.box.height) * scale >= smallestSide else { return nil }
            return found.filter { $0.label == truth.label && $0.box.intersectionOverUnion(truth.box) >= overlap }
                .map(\.score).max() ?? 0
        }
    }
}
