// SSH's context module (arXiv 1708.03979): fields of view of 3, 5 and 7 side by side, made of 3x3 convolutions.
import OcellusNetwork
import OcellusTensor

extension GraphBuilder {
    /// Half of `channels` sees 3x3, a quarter 5x5, a quarter 7x7; one activation behind their concatenation.
    func contextModule(_ x: Value, _ name: Name, channels: Int, activation: Activation) -> Value {
        func branch(_ x: Value, _ name: Name, _ channels: Int, _ activation: Activation?) -> Value {
            convolutionBlock(
                x, convolution: name.appending("0"), normalization: name.appending("1"), channels: channels,
                kernel: 3, activation: activation)
        }
        return scope(name) {
            let near = branch(x, "conv3X3", channels / 2, nil)
            let shared = branch(x, "conv5X5_1", channels / 4, activation)
            let middle = branch(shared, "conv5X5_2", channels / 4, nil)
            let wide = branch(branch(shared, "conv7X7_2", channels / 4, activation), "conv7x7_3", channels / 4, nil)
            let context = concatenation([near, middle, wide], "context", .channels)
            return self.activation(context, "activation", activation)
        }
    }
}
