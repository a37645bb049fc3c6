// Numbers for a convolution, in the order its kernels read them: the first ones, and new ones at every step of training.

extension PackedConvolution {
    /// Puts in the weights and, when there is a bias, the bias; both as in `init`, which calls this.
    ///
    /// Nobody may run the convolution meanwhile. Allocates nothing.
    public func pack(weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?) {
        if let bias {
            let groups = geometry.isDepthwise ? 1 : geometry.groups
            let columns = geometry.output.channels / groups
            for group in 0..<groups {
                (self.bias.pointer + group * biasPerGroup).update(from: bias + group * columns, count: columns)
            }
        }
        if geometry.isDepthwise {
            packDepthwise(weights)
        } else if tileRows > 0 {
            packWinograd(weights)
        } else if isHalved {
            packHalves(weights)
        } else {
            packProduct(weights)
        }
    }
}
