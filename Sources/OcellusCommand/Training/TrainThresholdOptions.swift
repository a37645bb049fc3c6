// What the new model makes of its rows unless it is told otherwise: from which score and overlaps on.
import ArgumentParser
import OcellusModels
import OcellusTensor
import OcellusTraining

struct TrainThresholdOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Score from which the new model reports objects unless it is told otherwise (default: as the start model).",
            valueName: "score"))
    var scoreThreshold: Float?

    @Option(
        help: ArgumentHelp(
            "Overlap above which the new model drops the lower of two scores unless it is told otherwise (default: as the "
                + "start model).", valueName: "overlap"))
    var overlapThreshold: Float?

    @Option(
        help: ArgumentHelp(
            "Overlap from which the new model averages boxes and points that it drops into the one that stays (default: "
                + "as the start model).", valueName: "overlap"))
    var blend: Float?

    func validate() throws {
        if let scoreThreshold, !(scoreThreshold > 0 && scoreThreshold <= 1) {
            throw ValidationError("--score-threshold \(scoreThreshold): expected above 0 and at most 1")
        }
        try Share.check([("--overlap-threshold", overlapThreshold), ("--blend", blend)])
    }

    /// The same model with these thresholds.
    func applied(to model: Model) throws(OcellusError) -> Model {
        try model.reporting(from: scoreThreshold, overlap: overlapThreshold, blendingFrom: blend)
    }
}
