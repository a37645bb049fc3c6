// From other frameworks' orders of a convolution's sizes to ours: [output, height, width, input / groups].
import OcellusTensor

/// The order in which a file keeps the sizes of a convolution's weight. Arrays that are not of four dimensions are the
/// same everywhere.
public enum WeightLayout: Sendable {
    /// [output, height, width, input / groups]: Ocellus, and TensorFlow Lite for ordinary convolutions.
    case outputHeightWidthInput
    /// [output, input / groups, height, width]: PyTorch; depthwise is [channels, 1, height, width].
    case outputInputHeightWidth
    /// [1, height, width, channels]: TensorFlow Lite for depthwise convolutions.
    case depthwiseLast

    /// For each of our dimensions the file's dimension that it is.
    private var order: [Int] {
        switch self {
        case .outputHeightWidthInput: [0, 1, 2, 3]
        case .outputInputHeightWidth: [0, 2, 3, 1]
        case .depthwiseLast: [3, 1, 2, 0]
        }
    }

    /// The sizes in our order.
    func dimensions(_ dimensions: [Int]) -> [Int] {
        dimensions.count == 4 ? order.map { dimensions[$0] } : dimensions
    }

    /// The values in our order: the same buffer when nothing moves. `tensor` holds as many values as its sizes say.
    func values(of tensor: ImportedTensor) throws(OcellusError) -> Buffer<Float> {
        guard tensor.dimensions.count == 4, order != [0, 1, 2, 3] else { return tensor.values }
        let target = try Buffer<Float>(count: tensor.values.count)
        let sizes = order.map { tensor.dimensions[$0] }
        var steps = [1, 1, 1, 1]
        for axis in [2, 1, 0] { steps[axis] = steps[axis + 1] * tensor.dimensions[axis + 1] }
        let strides = order.map { steps[$0] }
        var index = 0
        for o in 0..<sizes[0] {
            for h in 0..<sizes[1] {
                for w in 0..<sizes[2] {
                    let row = o * strides[0] + h * strides[1] + w * strides[2]
                    for i in 0..<sizes[3] {
                        target.pointer[index] = tensor.values.pointer[row + i * strides[3]]
                        index += 1
                    }
                }
            }
        }
        return target
    }
}
