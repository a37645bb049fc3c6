// The recipe that `ocellus train` and the trainer of the C library share: a few numbers a person chooses, and the plan that
// follows from them for a network. Not the plan itself: that has every number.
import OcellusModels
import OcellusQuantization
import OcellusTensor

/// How a run learns. The defaults are those of `ocellus train`.
public struct TrainingRecipe: Sendable, Equatable {
    /// How often every picture is seen in float.
    public var epochs = 40
    /// Steps in float, instead of epochs; 0: only int8 is learnt.
    public var steps: Int?
    /// Steps under simulated int8; nil: a tenth of the steps in float. 0: calibration alone makes the integers.
    public var int8Steps: Int?
    /// How ranges are chosen before the steps under int8. Where a channel lights up on rare pictures alone, averages keep it
    /// from taking the others' steps.
    public var calibration = CalibrationMethod.meanSquaredError
    /// Pictures in a batch.
    public var batch = 8
    /// Batches whose gradients are averaged before a step.
    public var accumulation = 1
    /// The learning rate after the warm-up.
    public var rate: Float = 1e-3
    /// Steps over which the rate rises; nil: 200, at most a tenth of the run.
    public var warmUp: Int?
    public var decay: Float = 0.02
    /// What the backbone's rate is multiplied by; 0 freezes it, and with it all running means and variances.
    public var backboneRate: Float = 1
    /// Keeps running means and variances as they are.
    public var frozenNormalization = false
    /// Decay of the averaged weights.
    public var average: Float = 0.998
    /// Hard negatives for each positive.
    public var negativeRatio: Float = 3
    /// How often the background of a picture without objects counts, 1...255.
    public var negativeWeight = 1
    /// See `FineTunePlan`.
    public var keepsLast = false
    /// Weights of boxes, landmarks and the teacher's part in the loss.
    public var boxWeight: Float = 2
    public var landmarkWeight: Float = 1
    public var teacherWeight: Float = 1
    /// Weight of the teacher's landmarks within its part; below 1 where labels have better points than the teacher.
    public var teacherLandmarkWeight: Float = 1
    /// Weight of the teacher's features, see `DistillationSettings`; in float alone.
    public var teacherFeatureWeight: Float = 0
    /// How many times finer than the student the teacher sees a picture, see `DistillationSettings`.
    public var teacherEnlargement: Float = 1
    /// Where the loss of boxes and landmarks turns from a parabola into a line, in encoded units: small errors count more
    /// with a small one.
    public var beta: Float = 1
    /// What is left of the rate at the end, as a share.
    public var finalRate: Float = 0.01
    /// 1...64.
    public var threads = 1
    /// Most bytes for the values and gradients of a batch; nil: normalised values alone are
    /// computed anew on the way back.
    public var memoryLimit: Int?
    public var seed: UInt64 = 1
    /// Steps between measurements; nil: an epoch, at least 50.
    public var measureEvery: Int?
    /// Steps between checkpoints.
    public var saveEvery = 100

    public init() {}

    /// Steps in which about every one of so many pictures is seen; at least 1.
    public func epochSteps(pictures: Int) -> Int { max(1, pictures / (batch * accumulation)) }

    /// The plan for a network: matching and loss as its kind of detector needs them.
    ///
    /// - Parameters:
    ///   - epoch: steps of an epoch, see `epochSteps`.
    ///   - folder: where the run keeps its state.
    ///
    /// Throws `.invalidArgument` for a rate or a number of steps out of range.
    public func plan(
        for architecture: Architecture, epoch: Int, folder: String
    ) throws(OcellusError) -> FineTunePlan {
        let count = steps ?? epochs * epoch
        let int8Count = int8Steps ?? max(1, count / 10)
        // Int8 has a warm-up of its own.
        let rising = count == 0 ? 0 : warmUp ?? min(200, max(1, count / 10))
        let matching = try MatchingSettings(for: architecture)
        var float = TrainingSettings(
            schedule: try Schedule(
                rate: rate, warmUp: rising, steps: max(1, count),
                shape: .cosine(final: finalRate)),
            matching: matching)
        float.batch = batch
        float.accumulation = accumulation
        float.threads = threads
        float.memoryLimit = memoryLimit
        float.seed = seed
        float.optimizer = .adamW(beta1: 0.9, beta2: 0.99)
        float.decay = decay
        float.average = average
        float.rateFactors = [.backbone: backboneRate]
        if frozenNormalization || backboneRate == 0 { float.normalization = .frozen }
        float.loss = LossSettings(
            classification: .hardNegatives(ratio: negativeRatio, least: 24, negativeWeight: negativeWeight),
            scoreActivation: architecture.scoreActivation, boxWeight: boxWeight, landmarkWeight: landmarkWeight,
            beta: beta)
        float.distillation = DistillationSettings(
            scoreActivation: architecture.scoreActivation, weight: teacherWeight, objectScore: 0.5,
            landmarkWeight: teacherLandmarkWeight, beta: beta, featureWeight: teacherFeatureWeight,
            enlargement: teacherEnlargement)
        var quantized = float
        quantized.schedule = try Schedule(
            rate: rate / 20, warmUp: min(50, max(1, int8Count / 10)), steps: max(1, int8Count), shape: .cosine())
        quantized.normalization = .frozen
        // Equalised channels have other sizes than the teacher's.
        quantized.distillation?.featureWeight = 0
        var plan = FineTunePlan(
            float: float, quantized: quantized, floatSteps: count, quantizedSteps: int8Count,
            measureEvery: measureEvery ?? max(50, epoch), saveEvery: saveEvery, folder: folder)
        plan.quantized.seed = seed &+ 1
        plan.calibration = calibration
        plan.keepsLast = keepsLast
        return plan
    }
}
