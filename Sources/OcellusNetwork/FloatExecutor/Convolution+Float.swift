// Convolution goes to the packed kernels; transposed convolution is a plain gather.
import OcellusTensor

extension StepContext {
    func prepare(_ convolution: Convolution) throws(OcellusError) -> FloatStep {
        let weights = try values(convolution.weight)
        var bias: Buffer<Float>?
        if let index = convolution.bias { bias = try values(index) }
        let geometry = ConvolutionGeometry(
            input: input, output: output, kernelHeight: convolution.kernelHeight, kernelWidth: convolution.kernelWidth,
            strideHeight: convolution.stride, strideWidth: convolution.stride, dilationHeight: convolution.dilation,
            dilationWidth: convolution.dilation, paddingTop: convolution.padding.top,
            paddingLeft: convolution.padding.left, groups: convolution.groups,
            inputStride: plan.places[graph.nodes[index].inputs[0]].stride, outputStride: plan.places[index].stride)
        let packed = try PackedConvolution(
            geometry, weights: weights.pointer, bias: bias.map { UnsafePointer($0.pointer) },
            clamp: OutputClamp(convolution.activation), kernels: kernels, method: .winograd)
        return .convolution(packed)
    }

    func prepare(_ convolution: TransposedConvolution) throws(OcellusError) -> FloatStep {
        var bias: Buffer<Float>?
        if let index = convolution.bias { bias = try values(index) }
        return .transposedConvolution(
            TransposedConvolutionStep(
                convolution: convolution, input: input, output: output, weights: try values(convolution.weight),
                bias: bias))
    }
}

extension OutputClamp {
    package init(_ activation: Activation?) {
        switch activation {
        case .relu: self = .relu
        case .relu6: self = .relu6
        case .leakyReLU(let slope): self = .leaky(slope)
        case nil, .sigmoid, .exponential: self = .none
        }
    }
}

package struct TransposedConvolutionStep {
    let convolution: TransposedConvolution
    let input: Shape
    let output: Shape
    /// [input channels, kernel, kernel, output channels]
    let weights: Buffer<Float>
    let bias: Buffer<Float>?

    /// x: [N, h, w, C] -> y: [N, H, W, K]; y[i] gathers every x[j] with i = j * stride - padding + tap.
    func run(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>) {
        let (kernel, stride, channels) = (convolution.kernel, convolution.stride, output.channels)
        for n in 0..<output.batch {
            for row in 0..<output.height {
                for column in 0..<output.width {
                    let target = y + (((n &* output.height &+ row) &* output.width &+ column) &* channels)
                    for k in 0..<channels { target[k] = bias?.pointer[k] ?? 0 }
                    for tapRow in 0..<kernel {
                        let tall = row &+ convolution.padding &- tapRow
                        guard tall >= 0, tall % stride == 0, tall / stride < input.height else { continue }
                        for tapColumn in 0..<kernel {
                            let wide = column &+ convolution.padding &- tapColumn
                            guard wide >= 0, wide % stride == 0, wide / stride < input.width else { continue }
                            let position = (n &* input.height &+ tall / stride) &* input.width &+ wide / stride
                            accumulate(x + (position &* input.channels), tapRow &* kernel &+ tapColumn, target)
                        }
                    }
                }
            }
        }
    }

    private func accumulate(_ x: UnsafePointer<Float>, _ tap: Int, _ y: UnsafeMutablePointer<Float>) {
        let taps = convolution.kernel &* convolution.kernel
        for c in 0..<input.channels {
            let row = weights.pointer + ((c &* taps &+ tap) &* output.channels)
            for k in 0..<output.channels { y[k] += x[c] * row[k] }
        }
    }
}
