// How real numbers become bytes: one scale and one zero point a value. Theory: docs/quantization.md.
import CSystem
import OcellusTensor

/// real = scale * (byte - zeroPoint) (1)
public struct ActivationQuantization: Sendable, Equatable {
    /// Within `scaleLimits`.
    public let scale: Float
    /// The byte that stands for 0, exactly.
    public let zeroPoint: UInt8

    /// Scales of values and of weights: products and quotients of two stay far from the ends of a float; of
    /// three, as in the multipliers of a convolution, they are checked.
    public static let scaleLimits: ClosedRange<Float> = 1e-15...1e15

    /// Throws `.invalidData` for a scale outside `scaleLimits`.
    public init(scale: Float, zeroPoint: UInt8) throws(OcellusError) {
        guard ActivationQuantization.scaleLimits ~= scale else {
            throw OcellusError(.invalidData, "a quantisation scale of \(scale): must be 1e-15 to 1e15")
        }
        self.scale = scale
        self.zeroPoint = zeroPoint
    }

    /// The finest grid of 256 steps that holds the range and, exactly, 0. (2)
    ///
    /// A range of nothing but 0, or too small for `scaleLimits`, gets a scale of 1: all of it is 0. Throws `.invalidData`
    /// when an end is not finite or too large.
    public init(_ range: ValueRange) throws(OcellusError) {
        let (low, high) = (min(range.minimum, 0), max(range.maximum, 0))
        let width = high - low
        guard width < .infinity else {
            throw OcellusError(.invalidData, "values from \(range.minimum) to \(range.maximum) cannot be quantised")
        }
        let finest = width / 255
        let scale = finest >= ActivationQuantization.scaleLimits.lowerBound ? finest : 1
        let zeroPoint = (-low / scale).rounded(.toNearestOrEven)
        try self.init(scale: scale, zeroPoint: UInt8(min(max(zeroPoint, 0), 255)))
    }

    /// The nearest byte; ties go to the even one, values outside the range to its ends. (3)
    public func quantize(_ value: Float) -> UInt8 {
        let step = (value / scale).rounded(.toNearestOrEven) + Float(zeroPoint)
        // A NaN compares false with everything and ends as the lowest byte.
        return UInt8(min(max(0, step), 255))
    }

    public func dequantize(_ byte: UInt8) -> Float { scale * Float(Int(byte) - Int(zeroPoint)) }

    /// What can be represented.
    public var range: ValueRange { ValueRange(minimum: dequantize(0), maximum: dequantize(255)) }
}

/// The smallest and the largest of some values; empty when `minimum` exceeds `maximum`.
public struct ValueRange: Sendable, Equatable {
    public var minimum: Float
    public var maximum: Float

    public static let empty = ValueRange(minimum: .infinity, maximum: -.infinity)

    public init(minimum: Float, maximum: Float) {
        self.minimum = minimum
        self.maximum = maximum
    }

    public func union(_ other: ValueRange) -> ValueRange {
        ValueRange(minimum: min(minimum, other.minimum), maximum: max(maximum, other.maximum))
    }
}
