// Convolution: zero points go into the bias, scales into one multiplier a channel, the activation into two bounds.
import OcellusNetwork
import OcellusTensor

extension Int8Context {
    func prepare(_ convolution: Convolution) throws(OcellusError) -> Int8Step {
        guard let numbers = network.convolutions[index] else {
            throw OcellusError(.invalidData, "layer \(node.name) has no integer weights")
        }
        let source = node.inputs[0]
        let bias = try Buffer<Int32>(count: convolution.outputChannels)
        try complete(bias, numbers, convolution, zeroPoints: network.zeroPoints(of: source))
        let multipliers = try Buffer<Float>(count: convolution.outputChannels)
        let (kind, outputScale) = try output(convolution.activation)
        for channel in 0..<multipliers.count {
            multipliers.pointer[channel] = network.scale(of: source) * numbers.scales.pointer[channel] / outputScale
        }
        let padding = try Buffer<UInt8>(
            network.zeroPoints(of: source).map { UInt8(min(max($0.rounded(.toNearestOrEven), 0), 255)) })
        let geometry = ConvolutionGeometry(
            input: input(), output: output, kernelHeight: convolution.kernelHeight,
            kernelWidth: convolution.kernelWidth, strideHeight: convolution.stride, strideWidth: convolution.stride,
            dilationHeight: convolution.dilation, dilationWidth: convolution.dilation,
            paddingTop: convolution.padding.top, paddingLeft: convolution.padding.left, groups: convolution.groups,
            inputStride: plan.places[source].stride, outputStride: plan.places[index].stride)
        let packed: PackedQuantizedConvolution
        do throws(OcellusError) {
            packed = try PackedQuantizedConvolution(
                geometry, weights: numbers.weights.pointer, bias: bias.pointer, multipliers: multipliers.pointer,
                padding: padding.pointer, output: kind, kernels: kernels)
        } catch {
            // The numbers are the file's: what a caller of the kernels may not do, a file may not say.
            let isFault = error.code == .invalidArgument
            throw OcellusError(isFault ? .invalidData : error.code, "layer \(node.name): \(error.message)")
        }
        // The packer copied them; until here the buffers had to live.
        withExtendedLifetime((bias, multipliers, padding)) {}
        return .convolution(packed)
    }

    /// acc0 = bias - sum of weights * zero points: what the accumulator starts with. (6)
    private func complete(
        _ bias: Buffer<Int32>, _ numbers: QuantizedConvolution, _ convolution: Convolution, zeroPoints: [Float]
    ) throws(OcellusError) {
        let inputs = input().channels / convolution.groups
        let each = convolution.kernelHeight * convolution.kernelWidth * inputs
        let outputsInGroup = convolution.outputChannels / convolution.groups
        for channel in 0..<convolution.outputChannels {
            let first = channel / outputsInGroup * inputs
            let sum = numbers.sum(channel * each..<(channel + 1) * each, zeroPoints[first..<first + inputs])
            let start = (Double(numbers.bias.pointer[channel]) - sum).rounded(.toNearestOrEven)
            guard abs(start) < 0x1p30 else {
                throw OcellusError(.invalidData, "layer \(node.name): the bias of channel \(channel) is out of range")
            }
            bias.pointer[channel] = Int32(start)
        }
    }

    /// The bounds of the bytes that come out, and their scale. (9)
    private func output(
        _ activation: Activation?
    ) throws(OcellusError) -> (PackedQuantizedConvolution.Output, Float) {
        if network.formats[index].isFloats {
            guard activation == nil else {
                throw OcellusError(.unsupported, "layer \(node.name): a head with an activation stays in float")
            }
            return (.floats, 1)
        }
        let quantization = try quantization(of: index)
        var (lower, upper): (UInt8, UInt8) = (0, 255)
        switch activation {
        case nil: break
        case .relu: lower = quantization.zeroPoint
        case .relu6:
            lower = quantization.zeroPoint
            upper = quantization.quantize(6)
        case .leakyReLU, .sigmoid, .exponential:
            throw OcellusError(
                .unsupported, "layer \(node.name): \(activation?.title ?? "") cannot be fused in integers")
        }
        return (.bytes(zeroPoint: quantization.zeroPoint, lower: lower, upper: upper), quantization.scale)
    }
}

extension QuantizedConvolution {
    /// The sum of weights times the zero points of their input channels, which repeat with every tap.
    @_optimize(speed)
    fileprivate func sum(_ range: Range<Int>, _ zeroPoints: ArraySlice<Float>) -> Double {
        guard let first = zeroPoints.first else { return 0 }
        // Bytes have one zero point for all channels; only a picture's mean may differ by channel.
        if zeroPoints.allSatisfy({ $0 == first }) {
            var sum = 0
            for index in range { sum &+= Int(weights.pointer[index]) }
            return Double(sum) * Double(first)
        }
        var sum = 0.0
        var index = range.lowerBound
        while index < range.upperBound {
            for zeroPoint in zeroPoints {
                sum += Double(weights.pointer[index]) * Double(zeroPoint)
                index &+= 1
            }
        }
        return sum
    }
}
