// Random numbers that are a pure function of a seed and an index, so that sample 1,000 is the same whether or not the
// 999 before it were made, on one thread or on four, today or after a restart. Not for secrets.
import Glibc

/// SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014): one word of state.
public struct SeededRandom: RandomNumberGenerator, Sendable, Equatable {
    /// All there is to save and restore.
    public var state: UInt64

    /// The stream number `index` of `seed`: streams of one seed do not follow from each other.
    public init(seed: UInt64, index: Int = 0) {
        state = SeededRandom.mixed(seed &+ 0x9E37_79B9_7F4A_7C15)
        state = SeededRandom.mixed(state ^ UInt64(bitPattern: Int64(index)) &* 0xD134_2543_DE82_EF95)
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return SeededRandom.mixed(state)
    }

    /// 0..<1.
    public mutating func uniform() -> Float { Float(next() >> 40) * 0x1p-24 }

    /// `low..<high`; `low` when the range is empty.
    public mutating func uniform(_ low: Float, _ high: Float) -> Float { low + (high - low) * uniform() }

    /// Between two positive numbers, each octave as likely as the next.
    public mutating func logUniform(_ low: Float, _ high: Float) -> Float {
        low * pow(2, uniform() * log2(max(high, low) / low))
    }

    public mutating func uniform(_ range: ClosedRange<Float>) -> Float { uniform(range.lowerBound, range.upperBound) }

    /// Each octave as likely as the next. Requires positive bounds.
    public mutating func logUniform(_ range: ClosedRange<Float>) -> Float {
        logUniform(range.lowerBound, range.upperBound)
    }

    /// Standard normal, by the sum of twelve uniform numbers: never beyond 6.
    public mutating func normal() -> Float {
        var sum: Float = -6
        for _ in 0..<12 { sum += uniform() }
        return sum
    }

    public mutating func chance(_ probability: Float) -> Bool { uniform() < probability }

    /// Whether what may be left out happens: with a probability of 0 no number is used, so that settings without it keep
    /// their samples.
    public mutating func option(_ probability: Float) -> Bool { probability > 0 && chance(probability) }

    public mutating func integer(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + index(range.upperBound - range.lowerBound + 1)
    }

    /// 0..<count. Requires a count of at least 1.
    public mutating func index(_ count: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(count)).high)
    }

    /// An index, each as likely as its weight is large; 0 when all weights are 0.
    public mutating func index(weights: [Float]) -> Int {
        var left = uniform() * weights.reduce(0, +)
        for (index, weight) in weights.enumerated() where weight > 0 {
            left -= weight
            if left < 0 { return index }
        }
        return weights.lastIndex { $0 > 0 } ?? 0
    }

    private static func mixed(_ word: UInt64) -> UInt64 {
        var z = word
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
