// Which pictures without an object a model errs on: those teach it most, and most pictures teach it nothing any more
// (bootstrapping, Sung and Poggio 1994). Looked through once, before the first step, so that a run stays the same when it goes on.
import Ocellus
import OcellusData
import OcellusModels
import OcellusTensor

/// Makes a run draw pictures without objects the more often the surer its start model sees something in them.
public enum NegativeMining {
    /// From this score on something is seen.
    public static let scoreThreshold: Float = 0.3

    /// Looks at every picture of `datasets` that was chosen for having no object, and sets how often it is drawn: once, or
    /// 1 + 10 times its best score from `scoreThreshold` on, rounded down. Returns how many pictures something was seen in.
    ///
    /// `progress` is called with the number of pictures looked at. Throws what reading a picture throws.
    @discardableResult
    public static func weigh(
        _ datasets: inout [Dataset], by model: Model, threads: Int, progress: (Int) -> Void = { _ in }
    ) throws(OcellusError) -> Int {
        var seen = 0
        try datasets.lookThrough(
            by: model, scoreThreshold: scoreThreshold, threads: threads, where: \.isChosenEmpty, progress: progress
        ) { picture, detector throws(OcellusError) in
            let best = try detector.detect(try picture.read().view).first?.score
            picture.repeats = 1 + Int(10 * (best ?? 0))
            if best != nil { seen += 1 }
        }
        return seen
    }
}
