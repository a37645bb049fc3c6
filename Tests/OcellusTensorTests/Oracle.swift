// The slow definition of a convolution that the packed kernels are compared with: seven loops in Double.
import OcellusTensor

/// Small deterministic random numbers, so that a failing case can be run again (SplitMix64).
struct Random {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func bits() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    mutating func below(_ limit: Int) -> Int { Int(bits() % UInt64(limit)) }

    mutating func pick<T>(_ choices: [T]) -> T { choices[below(choices.count)] }

    mutating func floats(_ count: Int) -> [Float] {
        (0..<count).map { _ in Float(Double(bits() >> 11) / Double(1 << 52) - 1) }
    }
}

/// One result and the sum of |products| behind it, which is what its rounding error is relative to.
struct OracleValue {
    var value: Double
    var magnitude: Double
}

/// Results in the order [batch, height, width, channels], without strides.
func naiveConvolution(
    _ g: ConvolutionGeometry, input: [Float], weights: [Float], bias: [Float]?, clamp: OutputClamp
) -> [OracleValue] {
    let depth = g.input.channels / g.groups
    let perGroup = g.output.channels / g.groups
    var results: [OracleValue] = []
    for n in 0..<g.output.batch {
        for oy in 0..<g.output.height {
            for ox in 0..<g.output.width {
                for channel in 0..<g.output.channels {
                    var sum = Double(bias?[channel] ?? 0)
                    var magnitude = abs(sum)
                    for ky in 0..<g.kernelHeight {
                        for kx in 0..<g.kernelWidth {
                            let y = oy * g.strideHeight - g.paddingTop + ky * g.dilationHeight
                            let x = ox * g.strideWidth - g.paddingLeft + kx * g.dilationWidth
                            guard y >= 0, y < g.input.height, x >= 0, x < g.input.width else { continue }
                            for c in 0..<depth {
                                let position = (n * g.input.height + y) * g.input.width + x
                                let a = input[position * g.inputStride + channel / perGroup * depth + c]
                                let w = weights[((channel * g.kernelHeight + ky) * g.kernelWidth + kx) * depth + c]
                                sum += Double(a) * Double(w)
                                magnitude += abs(Double(a) * Double(w))
                            }
                        }
                    }
                    if sum < 0, let slope = clamp.leakySlope { sum *= Double(slope) }
                    sum = min(max(sum, Double(clamp.lower)), Double(clamp.upper))
                    results.append(OracleValue(value: sum, magnitude: magnitude))
                }
            }
        }
    }
    return results
}
