// The activation a convolution applies to its results before it writes them.

/// Leaky slope first, then limits: `min(max(x < 0 ? slope * x : x, lower), upper)`.
public struct OutputClamp: Sendable {
    public var lower: Float
    public var upper: Float
    /// Factor for negative results; nil leaves them as they are.
    public var leakySlope: Float?

    public init(lower: Float = -.infinity, upper: Float = .infinity, leakySlope: Float? = nil) {
        self.lower = lower
        self.upper = upper
        self.leakySlope = leakySlope
    }

    public static let none = OutputClamp()
    public static let relu = OutputClamp(lower: 0)
    public static let relu6 = OutputClamp(lower: 0, upper: 6)

    public static func leaky(_ slope: Float) -> OutputClamp { OutputClamp(leakySlope: slope) }
}
