// Everything that decides what a run of training does, apart from the pictures. Two runs with equal settings, data and
// threads end with equal bits.
import OcellusModels
import OcellusTensor

/// The numbers of a run. Theory and reasons: docs/training.md.
public struct TrainingSettings: Sendable {
    public enum OptimizerKind: Sendable, Equatable {
        case sgd(momentum: Float = 0.9)
        case adamW(beta1: Float = 0.9, beta2: Float = 0.999)

        public var name: String {
            switch self {
            case .sgd: return "sgd"
            case .adamW: return "adamw"
            }
        }
    }

    /// Pictures in one pass through the network.
    public var batch = 8
    /// Passes whose gradients are averaged before the weights change: a larger batch in the same memory.
    public var accumulation = 1
    public var threads = 1
    /// Most bytes for the values and gradients of a batch; see `Differentiator.Settings`. Changes no number.
    public var memoryLimit: Int?
    public var seed: UInt64 = 1
    public var optimizer = OptimizerKind.adamW()
    public var schedule: Schedule
    /// Weight decay, on weights alone.
    public var decay: Float = 0.01
    /// The longest gradient over all parameters; longer ones are shortened.
    public var clip: Float = 10
    /// How slowly the averaged weights follow; nil for none. What is measured and kept are the averages.
    public var average: Float? = 0.998
    public var normalization = Differentiator.Normalization.batch(momentum: 0.1)
    /// What each part's learning rate is multiplied by; 0 freezes the part and saves its memory and time.
    public var rateFactors: [NetworkPart: Float] = [:]
    public var loss = LossSettings()
    public var matching: MatchingSettings
    public var distillation: DistillationSettings?

    public init(schedule: Schedule, matching: MatchingSettings) {
        self.schedule = schedule
        self.matching = matching
    }

    func rateFactor(_ part: NetworkPart) -> Float { rateFactors[part] ?? 1 }

    /// What a checkpoint keeps, so that a run cannot go on with other numbers unnoticed.
    public var fingerprint: [String: String] {
        var parts = [
            "batch": "\(batch)x\(accumulation)", "seed": "\(seed)", "optimizer": "\(optimizer)",
            "schedule": "\(schedule)", "decay": "\(decay)", "clip": "\(clip)",
            "average": average.map { "\($0)" } ?? "none", "normalization": "\(normalization)", "loss": "\(loss)",
            "matching": "\(matching)", "distillation": distillation.map { "\($0)" } ?? "none",
        ]
        for part in NetworkPart.allCases { parts["rate of \(part)"] = "\(rateFactor(part))" }
        return parts
    }
}
