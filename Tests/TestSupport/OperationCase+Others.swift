// Everything but convolutions: normalisations, one element at a time, sizes, layout.
import OcellusNetwork
import OcellusTensor

extension OperationCase {
    static let normalizations: [OperationCase] = [
        OperationCase("batch normalisation, batch of 2", shape(2, 5, 6, 13), shape(2, 5, 6, 13), tolerance: 2e-6) {
            $0.batchNormalization($1, "y", epsilon: 1e-3)
        },
        OperationCase("convolution and batch normalisation", shape(5, 6, 8), shape(5, 6, 13)) {
            $0.batchNormalization($0.convolution($1, "conv", channels: 13, kernel: 3), "y")
        },
        OperationCase("group normalisation", shape(2, 4, 5, 12), shape(2, 4, 5, 12), tolerance: 2e-6) {
            $0.groupNormalization($1, "y", groups: 3)
        },
        OperationCase("group normalisation in one group", shape(3, 3, 5), shape(3, 3, 5), tolerance: 2e-6) {
            $0.groupNormalization($1, "y", groups: 1)
        },
        OperationCase("L2 normalisation", shape(4, 5, 11), shape(4, 5, 11), tolerance: 2e-6) {
            $0.l2Normalization($1, "y")
        },
    ]

    static let pointwise: [OperationCase] = [
        OperationCase("ReLU", shape(3, 5, 7), shape(3, 5, 7), tolerance: 0) { $0.activation($1, "y", .relu) },
        OperationCase("ReLU6", shape(3, 5, 7), shape(3, 5, 7), tolerance: 1e-6) {
            $0.activation($0.convolution($1, "conv", channels: 7, kernel: 3), "y", .relu6)
        },
        OperationCase("leaky ReLU", shape(3, 5, 7), shape(3, 5, 7), tolerance: 1e-7) {
            $0.activation($1, "y", .leakyReLU(slope: 0.1))
        },
        OperationCase("sigmoid", shape(3, 5, 7), shape(3, 5, 7), tolerance: 1e-6) { $0.activation($1, "y", .sigmoid) },
        OperationCase("exp", shape(3, 5, 7), shape(3, 5, 7), tolerance: 1e-6) {
            $0.activation($1, "y", .exponential)
        },
        OperationCase("add", shape(3, 5, 7), shape(3, 5, 7)) {
            $0.add($1, $0.convolution($1, "conv", channels: 7, kernel: 3), "y")
        },
        OperationCase("a value added to itself", shape(3, 5, 7), shape(3, 5, 7), tolerance: 0) {
            $0.add($1, $1, "y")
        },
        OperationCase("multiply, batch of 2", shape(2, 3, 5, 7), shape(2, 3, 5, 7)) {
            $0.multiply($1, $0.convolution($1, "conv", channels: 7, kernel: 1), "y")
        },
        OperationCase("one learned scale", shape(3, 5, 7), shape(3, 5, 7), tolerance: 1e-7) { $0.scale($1, "y") },
        OperationCase("a learned scale a channel", shape(3, 5, 7), shape(3, 5, 7), tolerance: 1e-7) {
            $0.scale($1, "y", perChannel: true)
        },
    ]

    static let spatial: [OperationCase] = [
        OperationCase("max pooling 2/2 floors: 75 becomes 37", shape(75, 75, 3), shape(37, 37, 3), tolerance: 0) {
            $0.pooling($1, "y", .maximum, kernel: 2, stride: 2)
        },
        OperationCase("ceil mode turns 75 into 38", shape(75, 75, 3), shape(38, 38, 3), tolerance: 0) {
            $0.pooling($1, "y", .maximum, kernel: 2, stride: 2, ceiling: true)
        },
        OperationCase("max pooling 3/1 with padding", shape(2, 6, 5, 4), shape(2, 6, 5, 4), tolerance: 0) {
            $0.pooling($1, "y", .maximum, kernel: 3, stride: 1, padding: 1)
        },
        OperationCase("max pooling 3/2 with padding, floor", shape(8, 7, 4), shape(4, 4, 4), tolerance: 0) {
            $0.pooling($1, "y", .maximum, kernel: 3, stride: 2, padding: 1)
        },
        OperationCase("ceil mode leaves out a window that starts behind", shape(3, 3, 2), shape(2, 2, 2), tolerance: 0)
        {
            $0.pooling($1, "y", .maximum, kernel: 2, stride: 2, padding: 1, ceiling: true)
        },
        OperationCase("average pooling 2/2", shape(6, 8, 5), shape(3, 4, 5), tolerance: 1e-6) {
            $0.pooling($1, "y", .average, kernel: 2, stride: 2)
        },
        OperationCase("averages count positions inside only", shape(2, 7, 7, 3), shape(2, 4, 4, 3), tolerance: 1e-6) {
            $0.pooling($1, "y", .average, kernel: 3, stride: 2, padding: 1, ceiling: true)
        },
        OperationCase("average over a whole picture", shape(5, 5, 9), shape(1, 1, 9), tolerance: 1e-6) {
            $0.pooling($1, "y", .average, kernel: 5, stride: 1)
        },
        OperationCase("upsampling 10 to 19 to 38", shape(38, 38, 3), shape(38, 38, 3), tolerance: 0) {
            let middle = $0.pooling($1, "middle", .maximum, kernel: 2, stride: 2)
            let top = $0.pooling(middle, "top", .maximum, kernel: 2, stride: 2, ceiling: true)
            return $0.upsampling($0.upsampling(top, "up", to: middle), "y", to: $1)
        },
        OperationCase("upsampling to odd sizes, batch of 2", shape(2, 11, 13, 4), shape(2, 11, 13, 4), tolerance: 0) {
            $0.upsampling($0.pooling($1, "small", .maximum, kernel: 4, stride: 4), "y", to: $1)
        },
    ]

    static let layout: [OperationCase] = [
        OperationCase("channels side by side, copied", shape(2, 4, 5, 3), shape(2, 4, 5, 9), tolerance: 0) {
            let largest = $0.pooling($1, "largest", .maximum, kernel: 3, stride: 1, padding: 1)
            return $0.concatenation([$1, largest, $1], "y", .channels)
        },
        OperationCase("channels side by side, written in place", shape(6, 5, 7), shape(6, 5, 24)) {
            let near = $0.convolution($1, "near", channels: 9, kernel: 1)
            let far = $0.convolution($1, "far", channels: 15, kernel: 3)
            return $0.concatenation([near, far], "y", .channels)
        },
        OperationCase("channels side by side, in place and copied", shape(2, 6, 5, 7), shape(2, 6, 5, 37)) {
            let near = $0.convolution($1, "near", channels: 9, kernel: 1)
            let deep = $0.convolution($1, "deep", channels: 7, kernel: 3, groups: 7)
            let inner = $0.concatenation([$0.convolution($1, "inner", channels: 7, kernel: 3), $1], "pair", .channels)
            return $0.concatenation([near, inner, $1, deep], "y", .channels)
        },
        OperationCase("rows of three levels", shape(5, 5, 8), shape(1, 77, 4)) { heads($0, $1) },
        OperationCase("rows of three levels, batch of 2", shape(2, 5, 5, 8), shape(2, 1, 77, 4)) { heads($0, $1) },
        OperationCase("rows of the input", shape(2, 3, 3, 8), shape(2, 1, 36, 2), tolerance: 0) {
            $0.rows($1, "y", columns: 2)
        },
        OperationCase("rows of one value twice", shape(3, 3, 8), shape(1, 36, 4), tolerance: 0) {
            let largest = $0.pooling($1, "largest", .maximum, kernel: 1, stride: 1)
            return $0.concatenation(
                [$0.rows(largest, "a", columns: 4), $0.rows(largest, "b", columns: 4)], "y", .rows)
        },
    ]

    /// 5x5 cells of 2 anchors, 3x3 of 2, and the 9 rows of a value that others read too.
    private static func heads(_ builder: GraphBuilder, _ x: GraphBuilder.Value) -> GraphBuilder.Value {
        let small = builder.convolution(x, "small", channels: 4, kernel: 3, stride: 2)
        let fine = builder.rows(builder.convolution(x, "fine", channels: 8, kernel: 1), "rows1", columns: 4)
        let coarse = builder.rows(builder.convolution(small, "coarse", channels: 8, kernel: 1), "rows2", columns: 4)
        return builder.concatenation([fine, coarse, builder.rows(small, "rows3", columns: 4)], "y", .rows)
    }
}
