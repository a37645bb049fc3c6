// Where a run is: what a checkpoint keeps besides arrays.

/// The numbers that let a run go on where it was.
public struct TrainingProgress: Sendable, Equatable {
    /// Steps that are done.
    public var step: Int
    /// What the order of pictures and all augmentation follow from.
    public var seed: UInt64
    /// The best metric so far, and the step it was measured at.
    public var bestMetric: Float?
    public var bestStep: Int?
    /// What the run was started with, by name. A run only goes on with the same.
    public var settings: [String: String]

    public init(
        step: Int = 0, seed: UInt64, bestMetric: Float? = nil, bestStep: Int? = nil,
        settings: [String: String] = [:]
    ) {
        self.step = step
        self.seed = seed
        self.bestMetric = bestMetric
        self.bestStep = bestStep
        self.settings = settings
    }
}
