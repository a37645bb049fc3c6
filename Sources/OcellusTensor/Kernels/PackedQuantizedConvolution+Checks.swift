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
            let sums = sums(of: weights + channel * depth, count: depth)
            guard sums.least >= -127 else {
                throw OcellusError(
                    .invalidArgument, "int8 convolution: weights are -127...127; channel \(channel) has a -128")
            }
            let most = Int(bias[channel]) + 255 * sums.positive
            let least = Int(bias[channel]) + 255 * sums.negative
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

    /// The least weight, and the sums of those above and below 0.
    @_optimize(speed)
    private static func sums(
        of weights: UnsafePointer<Int8>, count: Int
    ) -> (least: Int8, positive: Int, negative: Int) {
        var (least, positive, negative): (Int8, Int, Int) = (0, 0, 0)
        var start = 0
        while start < count {
            // In 32 bits for as many as cannot leave them: a vector holds twice as many, and this is most of what a model's
            // start would cost.
            let end = min(count, start + (1 << 24))
            var (above, below): (Int32, Int32) = (0, 0)
            for index in start..<end {
                let weight = weights[index]
                least = min(least, weight)
                above &+= Int32(max(weight, 0))
                below &+= Int32(min(weight, 0))
            }
            (positive, negative) = (positive + Int(above), negative + Int(below))
            start = end
        }
        return (least, positive, negative)
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
