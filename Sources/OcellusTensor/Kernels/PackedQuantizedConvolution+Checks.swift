// What an int8 convolution is checked for before it is packed, and the form the kernels want its output in.
import CKernels

extension PackedQuantizedConvolution {
    /// How large numbers can become, whatever the input.
    struct Reach {
        /// A sum of products, without its bias.
        var sum = 0
        /// A sum with its bias, times its multiplier.
        var scaled = 0.0
    }

    /// No sum may leave 32 bits, whatever the input: kernels do not check.
    @_optimize(speed)
    static func check(
        _ geometry: ConvolutionGeometry, _ weights: UnsafePointer<Int8>, _ bias: UnsafePointer<Int32>,
        _ multipliers: UnsafePointer<Float>
    ) throws(OcellusError) -> Reach {
        let depth = geometry.taps * (geometry.input.channels / geometry.groups)
        var reach = Reach()
        for channel in 0..<geometry.output.channels {
            guard multipliers[channel].isFinite, multipliers[channel] > 0 else {
                throw OcellusError(
                    .invalidArgument,
                    "int8 convolution: the multiplier of channel \(channel) must be finite and above zero, "
                        + "and is \(multipliers[channel])")
            }
            var most = Int(bias[channel])
            var least = most
            for index in channel * depth..<(channel + 1) * depth {
                let weight = Int(weights[index])
                guard weight >= -127 else {
                    throw OcellusError(
                        .invalidArgument, "int8 convolution: weights are -127...127; channel \(channel) has a -128")
                }
                if weight > 0 { most += 255 * weight } else { least += 255 * weight }
            }
            guard most <= Int(Int32.max), least >= Int(Int32.min) else {
                throw OcellusError(
                    .invalidArgument,
                    "int8 convolution: sums of channel \(channel) can reach \(least)...\(most) and would leave 32 bits")
            }
            reach.sum = max(reach.sum, most - Int(bias[channel]), Int(bias[channel]) - least)
            reach.scaled = max(reach.scaled, Double(max(most, -least)) * Double(multipliers[channel]))
        }
        return reach
    }

    static func finish(_ output: Output) throws(OcellusError) -> ock_i8_finish {
        switch output {
        case .floats: return ock_i8_finish(lower: 0, upper: 0, zero_point: 0, floats: 1)
        case .bytes(let zeroPoint, let lower, let upper):
            guard lower <= upper else {
                throw OcellusError(
                    .invalidArgument, "int8 convolution: limits \(lower)...\(upper) are the wrong way round")
            }
            return ock_i8_finish(
                lower: Float(Int(lower) - Int(zeroPoint)), upper: Float(Int(upper) - Int(zeroPoint)),
                zero_point: Int32(zeroPoint), floats: 0)
        }
    }
}
