// Convolutions: dense, grouped, depthwise, fused with what follows, transposed. Odd channel counts on purpose: vector
// kernels have edges there.
import OcellusNetwork
import OcellusTensor

extension OperationCase {
    static let convolutions: [OperationCase] = [
        OperationCase("1x1 convolution", shape(5, 7, 3), shape(5, 7, 20)) {
            $0.convolution($1, "y", channels: 20, kernel: 1)
        },
        OperationCase("1x1 convolution of odd channels, batch of 3", shape(3, 6, 5, 33), shape(3, 6, 5, 47)) {
            $0.convolution($1, "y", channels: 47, kernel: 1)
        },
        OperationCase("1x1 convolution with stride 2", shape(7, 8, 10), shape(4, 4, 17)) {
            $0.convolution($1, "y", channels: 17, kernel: 1, stride: 2)
        },
        OperationCase("3x3 convolution", shape(9, 11, 16), shape(9, 11, 24)) {
            $0.convolution($1, "y", channels: 24, kernel: 3)
        },
        OperationCase("3x3 convolution without bias, batch of 2", shape(2, 6, 6, 5), shape(2, 6, 6, 7)) {
            $0.convolution($1, "y", channels: 7, kernel: 3, bias: false)
        },
        OperationCase("3x3 convolution with stride 2", shape(11, 9, 3), shape(6, 5, 16)) {
            $0.convolution($1, "y", channels: 16, kernel: 3, stride: 2)
        },
        OperationCase("3x3 convolution with dilation 2", shape(12, 10, 6), shape(12, 10, 10)) {
            $0.convolution($1, "y", channels: 10, kernel: 3, dilation: 2)
        },
        OperationCase("3x3 convolution with asymmetric padding", shape(8, 8, 4), shape(4, 4, 7)) {
            $0.convolution(
                $1, "y", channels: 7, kernel: 3, stride: 2, padding: Padding(top: 0, left: 1, bottom: 2, right: 0))
        },
        OperationCase("5x5 convolution without padding", shape(9, 8, 5), shape(5, 4, 3)) {
            $0.convolution($1, "y", channels: 3, kernel: 5, padding: Padding(0))
        },
        OperationCase("convolution as large as its picture", shape(4, 4, 6), shape(1, 1, 9)) {
            $0.convolution($1, "y", channels: 9, kernel: 4, padding: Padding(0))
        },
        OperationCase("convolution in three groups", shape(8, 7, 12), shape(8, 7, 18)) {
            $0.convolution($1, "y", channels: 18, kernel: 3, groups: 3)
        },
        OperationCase("transposed convolution with stride 2", shape(5, 4, 6), shape(10, 8, 5)) {
            $0.transposedConvolution($1, "y", channels: 5, kernel: 2, stride: 2)
        },
        OperationCase("transposed convolution that adds a row, batch of 2", shape(2, 5, 5, 7), shape(2, 10, 10, 3)) {
            $0.transposedConvolution($1, "y", channels: 3, kernel: 3, stride: 2, padding: 1, outputPadding: 1)
        },
        OperationCase("transposed convolution without bias", shape(6, 5, 4), shape(8, 7, 9)) {
            $0.transposedConvolution($1, "y", channels: 9, kernel: 3, stride: 1, bias: false)
        },
    ]

    static let depthwiseConvolutions: [OperationCase] = [
        OperationCase("depthwise 3x3", shape(10, 9, 20), shape(10, 9, 20)) {
            $0.convolution($1, "y", channels: 20, kernel: 3, groups: 20)
        },
        OperationCase("depthwise 3x3 with stride 2, batch of 2", shape(2, 19, 19, 35), shape(2, 10, 10, 35)) {
            $0.convolution($1, "y", channels: 35, kernel: 3, stride: 2, groups: 35)
        },
        OperationCase("depthwise 3x3 with TensorFlow's padding", shape(10, 10, 8), shape(5, 5, 8)) {
            $0.convolution(
                $1, "y", channels: 8, kernel: 3, stride: 2, padding: .same($0.shape(of: $1), kernel: 3, stride: 2),
                groups: 8, bias: false)
        },
        OperationCase("depthwise 3x3 with dilation 2", shape(9, 9, 17), shape(9, 9, 17)) {
            $0.convolution($1, "y", channels: 17, kernel: 3, dilation: 2, groups: 17)
        },
        OperationCase("depthwise 5x5", shape(7, 8, 16), shape(7, 8, 16)) {
            $0.convolution($1, "y", channels: 16, kernel: 5, groups: 16)
        },
        OperationCase("depthwise 3x3 on one pixel", shape(1, 1, 9), shape(1, 1, 9)) {
            $0.convolution($1, "y", channels: 9, kernel: 3, groups: 9)
        },
        OperationCase("two outputs for each channel", shape(6, 6, 5), shape(6, 6, 10)) {
            $0.convolution($1, "y", channels: 10, kernel: 3, groups: 5)
        },
    ]

    /// What folding makes one operation of.
    static let fusedConvolutions: [OperationCase] = [
        OperationCase("convolution and ReLU", shape(7, 7, 9), shape(7, 7, 19)) {
            $0.activation($0.convolution($1, "conv", channels: 19, kernel: 3), "y", .relu)
        },
        OperationCase("convolution and ReLU6", shape(7, 7, 9), shape(7, 7, 19)) {
            $0.activation($0.convolution($0.scale($1, "large"), "conv", channels: 19, kernel: 1), "y", .relu6)
        },
        OperationCase("convolution and leaky ReLU", shape(7, 7, 9), shape(7, 7, 19)) {
            $0.activation($0.convolution($1, "conv", channels: 19, kernel: 1), "y", .leakyReLU(slope: 0.1))
        },
        OperationCase("depthwise and ReLU6", shape(7, 7, 18), shape(7, 7, 18)) {
            $0.activation($0.convolution($1, "conv", channels: 18, kernel: 3, groups: 18), "y", .relu6)
        },
        OperationCase("depthwise and leaky ReLU", shape(7, 7, 18), shape(7, 7, 18)) {
            $0.activation(
                $0.convolution($1, "conv", channels: 18, kernel: 3, groups: 18), "y", .leakyReLU(slope: 0.2))
        },
        OperationCase("convolution, batch normalisation and ReLU", shape(7, 7, 9), shape(7, 7, 19)) {
            let y = $0.convolution($1, "conv", channels: 19, kernel: 3, bias: false)
            return $0.activation($0.batchNormalization(y, "bn"), "y", .relu)
        },
        OperationCase("convolution and sigmoid", shape(7, 7, 9), shape(7, 7, 3)) {
            $0.activation($0.convolution($1, "conv", channels: 3, kernel: 1), "y", .sigmoid)
        },
    ]
}
