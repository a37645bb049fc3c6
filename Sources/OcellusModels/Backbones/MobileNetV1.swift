// MobileNetV1 (arXiv 1704.04861): a first convolution and thirteen depthwise-separable blocks.
import OcellusNetwork
import OcellusTensor

/// The backbone's plan: what each block puts out and where the picture shrinks.
enum MobileNetV1 {
    /// Output channels at width 1 and stride of the thirteen separable blocks.
    static let blocks: [(channels: Int, stride: Int)] = [
        (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2),
        (512, 1), (512, 1), (512, 1), (512, 1), (512, 1), (1024, 2), (1024, 1),
    ]

    /// Channels of the first convolution at width 1.
    static let firstChannels = 32
}

/// How a declaration differs from another of the same backbone: names, padding, activation.
struct MobileNetStyle {
    var epsilon: Float
    var activation: Activation
    /// TensorFlow pads so that the output is ceil(size / stride); Caffe and PyTorch pad one zero on each side.
    var padsLikeTensorFlow: Bool
    /// The paper's width multiplier: a share of the channels.
    var width: Float

    func channels(_ full: Int) -> Int { max(8, Int(Float(full) * width)) }

    func padding(_ input: Shape, kernel: Int, stride: Int) -> Padding {
        padsLikeTensorFlow ? .same(input, kernel: kernel, stride: stride) : Padding(kernel / 2)
    }
}

extension GraphBuilder {
    /// 3x3 depthwise and 1x1, each with batch normalisation and activation; the names are the caller's.
    func separableBlock(
        _ x: Value, depthwise: (convolution: Name, normalization: Name),
        pointwise: (convolution: Name, normalization: Name), channels: Int, stride: Int, style: MobileNetStyle
    ) -> Value {
        let input = shape(of: x)
        let y = convolutionBlock(
            x, convolution: depthwise.convolution, normalization: depthwise.normalization, channels: input.channels,
            kernel: 3, stride: stride, padding: style.padding(input, kernel: 3, stride: stride),
            groups: input.channels, epsilon: style.epsilon, activation: style.activation)
        return convolutionBlock(
            y, convolution: pointwise.convolution, normalization: pointwise.normalization, channels: channels,
            kernel: 1, epsilon: style.epsilon, activation: style.activation)
    }
}
