// Settings of the crops that SSD introduced. They are drawn in SampleSource+Crops.

/// A part of a picture that keeps objects, or a larger ground with the picture on it.
public struct CropSettings: Sendable, Equatable {
    /// Of the picture being set into a larger ground.
    public var zoomOutProbability: Float = 0.4
    /// Largest side of that ground, as a multiple of the picture's.
    public var zoomOutMost: Float = 3
    /// Of taking a part instead of the whole.
    public var cropProbability: Float = 0.75
    /// One is drawn: the part must overlap at least one object by this intersection over union. 0 asks for none.
    public var smallestOverlaps: [Float] = [0, 0.1, 0.3, 0.5, 0.7, 0.9]
    /// Sides of the part as a share of the picture's.
    public var side: ClosedRange<Float> = 0.3...1
    /// Width over height of the part, relative to the picture's.
    public var aspect: ClosedRange<Float> = 0.5...2
    /// Parts that are drawn before the whole picture is taken.
    public var attempts = 50

    public init() {}
}
