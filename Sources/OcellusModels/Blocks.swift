// The few blocks that the networks of the catalogue are made of.
import OcellusNetwork
import OcellusTensor

extension GraphBuilder {
    /// Convolution without bias, batch normalisation, activation: parameters `convolution.*` and `normalization.*`.
    func convolutionBlock(
        _ x: Value, convolution: Name, normalization: Name, channels: Int, kernel: Int, stride: Int = 1,
        padding: Padding? = nil, groups: Int = 1, epsilon: Float = 1e-5, activation: Activation?
    ) -> Value {
        let y = self.convolution(
            x, convolution, channels: channels, kernel: kernel, stride: stride, padding: padding, groups: groups,
            bias: false)
        let z = batchNormalization(y, normalization, epsilon: epsilon)
        return activation.map { self.activation(z, convolution.appending("activation"), $0) } ?? z
    }
}
