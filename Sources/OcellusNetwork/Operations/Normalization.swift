// Normalisations: batch (arXiv 1502.03167), group (arXiv 1803.08494) and L2 over channels (SSD, arXiv 1512.02325).

/// (x - mean) / sqrt(variance + epsilon) * scale + shift, each a vector of one value a channel.
public struct BatchNormalization: Sendable {
    public var epsilon: Float
    public var scale: Int
    public var shift: Int
    public var mean: Int
    public var variance: Int
}

/// Mean and variance are taken over one picture's group of channels; scale and shift are a value a channel.
public struct GroupNormalization: Sendable {
    public var groups: Int
    public var epsilon: Float
    public var scale: Int
    public var shift: Int
}

/// x / sqrt(sum of squares over channels + epsilon) * scale, a value a channel; SSD starts it at 20.
public struct L2Normalization: Sendable {
    public var epsilon: Float
    public var scale: Int
}
