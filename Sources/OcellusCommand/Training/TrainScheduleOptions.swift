// How a run learns: length, batch, rates. Defaults differ for a start from scratch and for fine-tuning.
import ArgumentParser
import Foundation
import OcellusModels
import OcellusTensor
import OcellusTraining

struct TrainScheduleOptions: ParsableArguments {
    @Option(help: "Epochs in float: how often every picture is seen.")
    var epochs = 40

    @Option(
        help: ArgumentHelp(
            "Steps in float, instead of epochs; 0: the start model is learnt already, only int8 is to be.",
            valueName: "count"))
    var steps: Int?

    @Option(
        help: ArgumentHelp("Steps under simulated int8 (default: a tenth of the steps in float).", valueName: "count"))
    var int8Steps: Int?

    @Option(help: "How ranges are chosen before the steps under simulated int8.")
    var calibration = CalibrationChoice.mse

    @Option(help: "Pictures in a batch.")
    var batch = 8

    @Option(help: "Batches whose gradients are averaged before a step.")
    var accumulate = 1

    @Option(help: "Learning rate after the warm-up.")
    var rate: Float = 1e-3

    @Option(help: "Steps over which the rate rises (default: 200, or a tenth of the run).")
    var warmUp: Int?

    @Option(help: "Weight decay.")
    var decay: Float = 0.02

    @Option(help: ArgumentHelp("What the backbone's rate is multiplied by; 0 freezes it.", valueName: "factor"))
    var backboneRate: Float = 1

    @Flag(help: "Keep the running means and variances as they are: for small batches.")
    var frozenNormalization = false

    @Option(help: ArgumentHelp("Decay of the averaged weights.", valueName: "share"))
    var average: Float = 0.998

    @Option(help: "Hard negatives for each positive.")
    var negativeRatio: Float = 3

    @Option(
        help: ArgumentHelp(
            "How often the background of pictures without an object counts, 1 to 255: more where dogs and lamps are taken "
                + "for objects.", valueName: "times"))
    var negativeWeight = 1

    @Option(help: "Weight of the boxes in the loss.")
    var boxWeight: Float = 2

    @Option(help: "Weight of the landmarks in the loss.")
    var landmarkWeight: Float = 1

    @Option(help: ArgumentHelp("What is left of the rate at the end, as a share.", valueName: "share"))
    var finalRate: Float = 0.01

    @Option(help: "Weight of the teacher's part of the loss.")
    var teacherWeight: Float = 1

    @Option(help: "Weight of the teacher's landmarks within its part of the loss.")
    var teacherLandmarkWeight: Float = 1

    @Option(
        help: ArgumentHelp(
            "Weight of the teacher's features. Those of a teacher of the same architecture are to be equalled, YuNet's to follow "
                + "from the student's. 10 lets them lead.", valueName: "weight"))
    var teacherFeatureWeight: Float = 0

    @Option(
        help: ArgumentHelp(
            "How many times finer than the student YuNet sees the pictures, 1 to 4: it knows more about small faces, and takes "
                + "longer.", valueName: "times"))
    var teacherEnlargement: Float = 1

    @Option(
        help: ArgumentHelp(
            "Where the loss of boxes and landmarks turns from a parabola into a line, in units of the box coder; small "
                + "errors count more with a small one.", valueName: "units"))
    var regressionBeta: Float = 1

    @Option(
        name: .customLong("threads"),
        help: ArgumentHelp(
            "Threads that compute, 1 to 64 (default: as many as there are processors).", valueName: "threads"))
    var givenThreads: Int?

    var threads: Int { givenThreads ?? min(64, ProcessInfo.processInfo.activeProcessorCount) }

    @Option(
        help: ArgumentHelp(
            "Most memory for the values and gradients of a batch: with more, fewer values are computed twice; the model is "
                + "the same.", valueName: "MB"))
    var memory: Int?

    @Option(help: "Random numbers follow from it: the same seed, data and threads give the same model.")
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Steps between measurements (default: an epoch, at least 50).", valueName: "count"))
    var measureEvery: Int?

    @Flag(help: "Keep the last step's model, not the one that measured best: a few pictures are a poor judge.")
    var keepLast = false

    @Option(help: ArgumentHelp("Steps between checkpoints.", valueName: "count"))
    var saveEvery = 100

    func validate() throws {
        try Count.check(
            [
                ("--epochs", epochs), ("--batch", batch), ("--accumulate", accumulate), ("--save-every", saveEvery),
                ("--measure-every", measureEvery), ("--memory", memory),
            ], least: 1)
        try Count.check([("--steps", steps), ("--int8-steps", int8Steps), ("--warm-up", warmUp)], least: 0)
        if let warmUp, let steps, steps > 0, warmUp > steps {
            throw ValidationError("--warm-up \(warmUp): must be at most the \(steps) steps of the run")
        }
        try Share.check([("--final-rate", finalRate)])
        guard rate > 0, rate.isFinite else { throw ValidationError("--rate \(rate): must be above 0") }
        guard 0..<1 ~= average else { throw ValidationError("--average \(average): must be 0 to below 1") }
        for (name, value) in [
            ("--decay", decay), ("--backbone-rate", backboneRate), ("--negative-ratio", negativeRatio),
            ("--box-weight", boxWeight), ("--landmark-weight", landmarkWeight), ("--teacher-weight", teacherWeight),
            ("--teacher-landmark-weight", teacherLandmarkWeight),
            ("--teacher-feature-weight", teacherFeatureWeight), ("--regression-beta", regressionBeta),
        ] where !(value >= 0 && value.isFinite) { throw ValidationError("\(name) \(value): must be at least 0") }
        guard 1...64 ~= threads else { throw ValidationError("--threads \(threads): must be 1 to 64") }
        guard 1...255 ~= negativeWeight else {
            throw ValidationError("--negative-weight \(negativeWeight): must be 1 to 255")
        }
        guard 1...4 ~= teacherEnlargement else {
            throw ValidationError("--teacher-enlargement \(teacherEnlargement): must be 1 to 4")
        }
    }

    /// Throws for options that change nothing for such a model.
    func requireUse(by description: ModelDescription) throws {
        guard description.architecture.landmarkCoder == nil, landmarkWeight != TrainingRecipe().landmarkWeight else {
            return
        }
        throw TrainDataOptions.needsLandmarks("--landmark-weight", description)
    }

    /// The first option on teachers that is not as it is without one, for messages.
    var firstOnTeachers: String? {
        let usual = TrainingRecipe()
        return [
            ("--teacher-weight", teacherWeight, usual.teacherWeight),
            ("--teacher-landmark-weight", teacherLandmarkWeight, usual.teacherLandmarkWeight),
            ("--teacher-feature-weight", teacherFeatureWeight, usual.teacherFeatureWeight),
            ("--teacher-enlargement", teacherEnlargement, usual.teacherEnlargement),
        ].first { $0.1 != $0.2 }?.0
    }

    /// What `TrainingRecipe` makes of these options.
    var recipe: TrainingRecipe {
        var recipe = TrainingRecipe()
        recipe.epochs = epochs
        recipe.steps = steps
        recipe.int8Steps = int8Steps
        recipe.calibration = calibration.calibration
        recipe.batch = batch
        recipe.keepsLast = keepLast
        recipe.accumulation = accumulate
        recipe.rate = rate
        recipe.warmUp = warmUp
        recipe.decay = decay
        recipe.backboneRate = backboneRate
        recipe.frozenNormalization = frozenNormalization
        recipe.average = average
        recipe.negativeRatio = negativeRatio
        recipe.negativeWeight = negativeWeight
        recipe.boxWeight = boxWeight
        recipe.landmarkWeight = landmarkWeight
        recipe.finalRate = finalRate
        recipe.teacherWeight = teacherWeight
        recipe.teacherLandmarkWeight = teacherLandmarkWeight
        recipe.teacherFeatureWeight = teacherFeatureWeight
        recipe.teacherEnlargement = teacherEnlargement
        recipe.beta = regressionBeta
        recipe.threads = threads
        recipe.memoryLimit = memory.map { $0 << 20 }
        recipe.seed = seed
        recipe.measureEvery = measureEvery
        recipe.saveEvery = saveEvery
        return recipe
    }
}
