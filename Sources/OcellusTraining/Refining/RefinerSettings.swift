// How a refiner learns. Two runs with equal settings, pictures and threads end with equal bits.
import OcellusTensor

/// The numbers of a run. Reasons: docs/landmarks.md.
public struct RefinerSettings: Sendable, Equatable {
    public var steps = 6000
    /// Squares of a step; a multiple of 4.
    public var batch = 128
    /// The learning rate after the warm-up.
    public var rate: Float = 3e-3
    /// Steps over which the rate rises.
    public var warmUp = 100
    /// What is left of the rate at the end, as a share.
    public var finalRate: Float = 0.005
    public var decay: Float = 0.02
    /// Decay of the averaged weights.
    public var average: Float = 0.998
    /// Where the loss turns from a parabola into a line, in offsets: an eighth of the square is 1.
    public var beta: Float = 0.05
    public var threads = 1
    public var seed: UInt64 = 1
    /// Steps between measurements; the last step is always measured.
    public var measureEvery = 500
    /// Steps between checkpoints.
    public var saveEvery = 200
    /// Goes on with what is in the run's folder.
    public var resumes = false

    public init() {}

    /// Throws `.invalidArgument` for a number out of range.
    func check() throws(OcellusError) {
        guard steps > 0, batch > 0, batch % RefinerSquares.perCanvas == 0, 0...steps ~= warmUp, measureEvery > 0,
            saveEvery > 0, 1...64 ~= threads
        else {
            throw OcellusError(
                .invalidArgument,
                "\(steps) steps of \(batch) squares, \(warmUp) of them warm-up, on \(threads) threads, measured every "
                    + "\(measureEvery) and saved every \(saveEvery): expected counts above 0, a batch that is a multiple of "
                    + "\(RefinerSquares.perCanvas), a warm-up no longer than the run and 1 to 64 threads")
        }
        guard beta >= 0, beta.isFinite else {
            throw OcellusError(.invalidArgument, "a loss that turns at \(beta): expected at least 0")
        }
    }

    /// What a checkpoint keeps, so that a run cannot go on with other numbers unnoticed.
    var fingerprint: [String: String] {
        [
            "steps": "\(steps)", "batch": "\(batch)", "rate": "\(rate)", "warm-up": "\(warmUp)",
            "final rate": "\(finalRate)",
            "decay": "\(decay)", "average": "\(average)", "beta": "\(beta)", "seed": "\(seed)",
        ]
    }
}
