// Frames counted by what became of them. Every frame that the driver numbered is in one of the first four.

/// Counts since the camera was opened; reopening does not reset them.
public struct CameraStatistics: Equatable, Sendable {
    /// Handed out by `nextFrame`.
    public var delivered: UInt64 = 0
    /// Whole, but a newer one was there already.
    public var skipped: UInt64 = 0
    /// Never seen: gaps in the driver's numbers.
    public var dropped: UInt64 = 0
    /// Flagged as bad by the driver, empty, or shorter than a picture.
    public var damaged: UInt64 = 0
    /// How often a lost camera came back.
    public var reopened: UInt64 = 0

    public init() {}
}
