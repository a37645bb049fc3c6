// A model looks through pictures before the first step, so that a run stays the same when it goes on.
import Ocellus
import OcellusData
import OcellusModels
import OcellusTensor

extension [Dataset] {
    /// Hands every picture that `isLookedAt` takes to `weigh`, with a detector that reports from `scoreThreshold` on.
    ///
    /// `progress` is called with the number of pictures looked at. Throws what `weigh` throws.
    mutating func lookThrough(
        by model: Model, scoreThreshold: Float, threads: Int, where isLookedAt: (LabelledPicture) -> Bool,
        progress: (Int) -> Void, weigh: (inout LabelledPicture, Detector) throws(OcellusError) -> Void
    ) throws(OcellusError) {
        var options = Detector.Options()
        options.threads = threads
        options.scoreThreshold = scoreThreshold
        let detector = try Detector(model, options: options)
        var done = 0
        for set in indices {
            for index in self[set].pictures.indices where isLookedAt(self[set].pictures[index]) {
                try weigh(&self[set].pictures[index], detector)
                done += 1
                progress(done)
            }
        }
    }
}
