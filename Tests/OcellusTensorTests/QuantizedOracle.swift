// The slow definition of an int8 convolution that the packed kernels must equal bit for bit.
import OcellusTensor

/// What one test convolution is made of.
struct QuantizedCase {
    var geometry: ConvolutionGeometry
    var input: [UInt8]
    var weights: [Int8]
    var bias: [Int32]
    var multipliers: [Float]
    var padding: [UInt8]
    var zeroPoint: UInt8
    var lower: UInt8
    var upper: UInt8

    init(_ g: ConvolutionGeometry, _ random: inout Random) {
        geometry = g
        let depth = g.taps * g.input.channels / g.groups
        input = (0..<g.input.positions * g.inputStride).map { _ in UInt8(random.below(256)) }
        weights = (0..<g.weightCount).map { _ in Int8(random.below(255) - 127) }
        bias = (0..<g.output.channels).map { _ in Int32(random.below(20001) - 10000) }
        // Sums are about 10,000 times the root of the depth: results spread over the range and beyond it.
        let usual = 100 / (10_000 * Float(depth).squareRoot())
        multipliers = (0..<g.output.channels).map { _ in usual * Float(1 + random.below(200)) / 100 }
        padding = (0..<g.input.channels).map { _ in UInt8(random.below(256)) }
        zeroPoint = random.pick([0, 1, 100, 128, 255])
        lower = random.pick([0, 0, 0, 30])
        upper = random.pick([255, 255, 200])
    }

    /// Sums in [batch, height, width, channels] order, without strides.
    func sums() -> [Int64] {
        let g = geometry
        let depth = g.input.channels / g.groups
        let perGroup = g.output.channels / g.groups
        var results: [Int64] = []
        for n in 0..<g.output.batch {
            for oy in 0..<g.output.height {
                for ox in 0..<g.output.width {
                    for channel in 0..<g.output.channels {
                        var sum = Int64(bias[channel])
                        let first = channel / perGroup * depth
                        for ky in 0..<g.kernelHeight {
                            for kx in 0..<g.kernelWidth {
                                let y = oy * g.strideHeight - g.paddingTop + ky * g.dilationHeight
                                let x = ox * g.strideWidth - g.paddingLeft + kx * g.dilationWidth
                                let inside = y >= 0 && y < g.input.height && x >= 0 && x < g.input.width
                                let from = ((n * g.input.height + y) * g.input.width + x) * g.inputStride + first
                                let weight = ((channel * g.kernelHeight + ky) * g.kernelWidth + kx) * depth
                                for c in 0..<depth {
                                    let value = inside ? input[from + c] : padding[first + c]
                                    sum += Int64(value) * Int64(weights[weight + c])
                                }
                            }
                        }
                        results.append(sum)
                    }
                }
            }
        }
        return results
    }

    func byte(_ sum: Int64, _ channel: Int) -> UInt8 {
        let zero = Float(zeroPoint)
        var value = Float(Int32(sum)) * multipliers[channel]
        value = min(max(value, Float(lower) - zero), Float(upper) - zero)
        return UInt8(zero + value.rounded(.toNearestOrEven))
    }

    func float(_ sum: Int64, _ channel: Int) -> Float { Float(Int32(sum)) * multipliers[channel] }
}
