// Settings of what is drawn over a canvas when everything is in its place, by whose names Disguise and UnevenLight go.
// A teacher that looks at the canvas in finer detail sees it without them.

/// Dark glasses and caps on faces whose points are known.
public struct DisguiseSettings: Sendable, Equatable {
    /// Of these faces, those that get one of them or both.
    public var share: Float = 0

    public init() {}
}

/// Shadows and glaring light.
public struct LightSettings: Sendable, Equatable {
    /// Of a canvas being lit unevenly.
    public var probability: Float = 0
    /// Shadows and lights on such a canvas.
    public var count: ClosedRange<Int> = 1...3
    /// The share of levels that is left in a shadow, each octave alike.
    public var shadow: ClosedRange<Float> = 0.2...0.85
    /// Of them, those that are light instead, and how many times as bright they make what they fall on.
    public var glareShare: Float = 0.25
    public var glare: ClosedRange<Float> = 1.2...2
    /// Of them, those that lie over an object, and how large they are beside it; the others, beside the canvas.
    public var objectShare: Float = 0.5
    public var objectSide: ClosedRange<Float> = 0.3...2
    public var anywhereSide: ClosedRange<Float> = 0.1...1.5

    public init() {}
}
