// A convolution's numbers in integers: signed bytes with a scale an output channel. Theory: docs/quantization.md.
import OcellusTensor

/// Weights and bias of one convolution.
public struct QuantizedConvolution: Sendable {
    /// [output channels, height, width, input channels / groups], each in -127...127.
    public let weights: Buffer<Int8>
    /// One an output channel; real weight = scale * byte. (4)
    public let scales: Buffer<Float>
    /// One an output channel, in units of input scale * weight scale. (6)
    public let bias: Buffer<Int32>

    public init(weights: Buffer<Int8>, scales: Buffer<Float>, bias: Buffer<Int32>) {
        self.weights = weights
        self.scales = scales
        self.bias = bias
    }

    /// Quantises real weights [output channels, ...] symmetrically, an output channel at a time.
    ///
    /// Throws `.invalidData` when a weight or a bias is not finite or too large.
    public init(
        weights real: UnsafeBufferPointer<Float>, bias realBias: UnsafePointer<Float>?, outputChannels: Int,
        inputScale: Float
    ) throws(OcellusError) {
        let each = real.count / max(outputChannels, 1)
        weights = try Buffer(count: real.count)
        scales = try Buffer(count: outputChannels)
        bias = try Buffer(count: outputChannels)
        for channel in 0..<outputChannels {
            var largest: Float = 0
            for index in channel * each..<(channel + 1) * each {
                // `max` would pass over what is not a number.
                guard real[index].isFinite else {
                    throw OcellusError(.invalidData, "weights of output channel \(channel) are not finite")
                }
                largest = max(largest, abs(real[index]))
            }
            // Weights that are tiny beside the bias: any scale does for them, so one that the bias fits.
            let least = abs(realBias?[channel] ?? 0) / inputScale / (QuantizedConvolution.biasLimit / 2)
            let finest = max(largest / 127, least)
            let scale = finest >= ActivationQuantization.scaleLimits.lowerBound ? finest : 1
            guard scale <= ActivationQuantization.scaleLimits.upperBound else {
                throw OcellusError(.invalidData, "weights or bias of output channel \(channel) are too large")
            }
            scales.pointer[channel] = scale
            for index in channel * each..<(channel + 1) * each {
                weights.pointer[index] = Int8(min(max((real[index] / scale).rounded(.toNearestOrEven), -127), 127))
            }
            bias.pointer[channel] = try QuantizedConvolution.biasSteps(
                realBias?[channel] ?? 0, inputScale: inputScale, scale: scale, channel: channel)
        }
    }

    /// `real` in units of input scale * weight scale, added to the steps that a bias has already. (6)
    ///
    /// Throws `.invalidData` for a number that is not finite or a sum at `biasLimit` or beyond.
    public static func biasSteps(
        _ real: Float, addedTo steps: Int32 = 0, inputScale: Float, scale: Float, channel: Int
    ) throws(OcellusError) -> Int32 {
        let added = Double(real) / (Double(inputScale) * Double(scale))
        let sum = Double(steps) + added.rounded(.toNearestOrEven)
        guard abs(sum) < Double(biasLimit) else {
            throw OcellusError(.invalidData, "the bias of output channel \(channel) is not finite or too large")
        }
        return Int32(sum)
    }

    /// Biases stay below this many steps, so that no sum of products can overflow an accumulator. (7)
    public static let biasLimit: Float = 0x1p29
}
