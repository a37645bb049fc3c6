// One method an operation: declares its parameters and appends the node.
import OcellusTensor

extension GraphBuilder {
    /// Convolution. Parameters `name.weight` and, with `bias`, `name.bias`.
    ///
    /// `padding` nil means kernel / 2 around, which keeps the size at stride 1.
    public func convolution(
        _ x: Value, _ name: Name, channels: Int, kernel: Int, stride: Int = 1, padding: Padding? = nil,
        dilation: Int = 1, groups: Int = 1, bias: Bool = true
    ) -> Value {
        let inputChannels = shape(of: x).channels
        let weight = parameter(
            name.appending("weight"), [channels, kernel, kernel, inputChannels / max(groups, 1)], .weight)
        let operation = Convolution(
            outputChannels: channels, kernelHeight: kernel, kernelWidth: kernel, stride: stride, dilation: dilation,
            padding: padding ?? Padding(dilation * (kernel / 2)), groups: groups, weight: weight,
            bias: bias ? parameter(name.appending("bias"), [channels], .bias) : nil)
        return apply(name, .convolution(operation), [x])
    }

    public func transposedConvolution(
        _ x: Value, _ name: Name, channels: Int, kernel: Int, stride: Int, padding: Int = 0, outputPadding: Int = 0,
        bias: Bool = true
    ) -> Value {
        let weight = parameter(
            name.appending("weight"), [shape(of: x).channels, kernel, kernel, channels], .weight)
        let operation = TransposedConvolution(
            outputChannels: channels, kernel: kernel, stride: stride, padding: padding, outputPadding: outputPadding,
            weight: weight, bias: bias ? parameter(name.appending("bias"), [channels], .bias) : nil)
        return apply(name, .transposedConvolution(operation), [x])
    }

    /// Parameters `weight`, `bias`, `running_mean` and `running_var`, as published weights call them.
    public func batchNormalization(_ x: Value, _ name: Name, epsilon: Float = 1e-5) -> Value {
        let channels = [shape(of: x).channels]
        let operation = BatchNormalization(
            epsilon: epsilon,
            scale: parameter(name.appending("weight"), channels, .normalizationScale),
            shift: parameter(name.appending("bias"), channels, .normalizationShift),
            mean: parameter(name.appending("running_mean"), channels, .runningMean),
            variance: parameter(name.appending("running_var"), channels, .runningVariance))
        return apply(name, .batchNormalization(operation), [x])
    }

    public func groupNormalization(_ x: Value, _ name: Name, groups: Int, epsilon: Float = 1e-5) -> Value {
        let channels = shape(of: x).channels
        let operation = GroupNormalization(
            groups: groups, epsilon: epsilon,
            scale: parameter(name.appending("weight"), [channels], .normalizationScale),
            shift: parameter(name.appending("bias"), [channels], .normalizationShift))
        guard groups > 0, channels % groups == 0 else {
            return reject(name, "\(groups) groups do not divide \(channels) channels", x)
        }
        return apply(name, .groupNormalization(operation), [x])
    }

    public func l2Normalization(_ x: Value, _ name: Name, epsilon: Float = 1e-10) -> Value {
        let scale = parameter(name.appending("weight"), [shape(of: x).channels], .normalizationScale)
        return apply(name, .l2Normalization(L2Normalization(epsilon: epsilon, scale: scale)), [x])
    }

    public func activation(_ x: Value, _ name: Name, _ activation: Activation) -> Value {
        apply(name, .activation(activation), [x])
    }

    public func add(_ x: Value, _ y: Value, _ name: Name) -> Value { apply(name, .add, [x, y]) }

    public func multiply(_ x: Value, _ y: Value, _ name: Name) -> Value { apply(name, .multiply, [x, y]) }

    /// A learned factor: one a channel, or one in all.
    public func scale(_ x: Value, _ name: Name, perChannel: Bool = false) -> Value {
        let count = perChannel ? shape(of: x).channels : 1
        return apply(name, .scale(Scale(factor: parameter(name.appending("scale"), [count], .normalizationScale))), [x])
    }

    public func pooling(
        _ x: Value, _ name: Name, _ kind: Pooling.Kind, kernel: Int, stride: Int, padding: Int = 0,
        ceiling: Bool = false
    ) -> Value {
        apply(
            name, .pooling(Pooling(kind: kind, kernel: kernel, stride: stride, padding: padding, ceiling: ceiling)), [x]
        )
    }

    /// Nearest upsampling to the height and width of `target`.
    public func upsampling(_ x: Value, _ name: Name, to target: Value) -> Value {
        let size = shape(of: target)
        return apply(name, .upsampling(Upsampling(height: size.height, width: size.width)), [x])
    }

    public func concatenation(_ values: [Value], _ name: Name, _ axis: Concatenation.Axis) -> Value {
        apply(name, .concatenation(Concatenation(axis: axis)), values)
    }

    public func rows(_ x: Value, _ name: Name, columns: Int) -> Value {
        apply(name, .rows(Rows(columns: columns)), [x])
    }
}
