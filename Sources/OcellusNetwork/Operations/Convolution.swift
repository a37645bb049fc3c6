// Convolution and transposed convolution: sizes and costs. Output sizes floor, as in every framework's convolution.
import OcellusTensor

/// Zeros around a picture, in positions.
public struct Padding: Sendable, Equatable {
    public var top: Int
    public var left: Int
    public var bottom: Int
    public var right: Int

    public init(top: Int, left: Int, bottom: Int, right: Int) {
        self.top = top
        self.left = left
        self.bottom = bottom
        self.right = right
    }

    public init(_ all: Int) { self.init(top: all, left: all, bottom: all, right: all) }

    /// TensorFlow's SAME: the output is ceil(size / stride), and the odd zero goes behind.
    public static func same(_ input: Shape, kernel: Int, stride: Int, dilation: Int = 1) -> Padding {
        func around(_ size: Int) -> (Int, Int) {
            let output = (size + stride - 1) / stride
            let total = max(0, (output - 1) * stride + dilation * (kernel - 1) + 1 - size)
            return (total / 2, total - total / 2)
        }
        let (top, bottom) = around(input.height)
        let (left, right) = around(input.width)
        return Padding(top: top, left: left, bottom: bottom, right: right)
    }
}

/// Cross-correlation with learned kernels, optionally in groups, optionally with an activation fused behind it.
///
/// Weight [outputChannels, kernelHeight, kernelWidth, inputChannels / groups]; bias [outputChannels].
/// Depthwise is `groups == inputChannels`.
public struct Convolution: Sendable {
    public var outputChannels: Int
    public var kernelHeight: Int
    public var kernelWidth: Int
    public var stride: Int
    public var dilation: Int
    public var padding: Padding
    public var groups: Int
    public var weight: Int
    public var bias: Int?
    /// ReLU, ReLU6 or leaky ReLU; set by `Folding`, never sigmoid or exp.
    public var activation: Activation?

    func outputShape(_ inputs: [Shape]) throws(OcellusError) -> Shape {
        let input = try only(inputs)
        guard stride > 0, dilation > 0, groups > 0, kernelHeight > 0, kernelWidth > 0 else {
            throw OcellusError(.invalidArgument, "a convolution's kernel, stride, dilation and groups must be positive")
        }
        guard input.channels % groups == 0, outputChannels % groups == 0 else {
            throw OcellusError(
                .invalidArgument,
                "\(groups) groups do not divide \(input.channels) input and \(outputChannels) output channels")
        }
        let tall = input.height + padding.top + padding.bottom - dilation * (kernelHeight - 1) - 1
        let wide = input.width + padding.left + padding.right - dilation * (kernelWidth - 1) - 1
        guard tall >= 0, wide >= 0 else {
            throw OcellusError(
                .invalidArgument,
                "a \(kernelHeight)x\(kernelWidth) kernel with dilation \(dilation) does not fit into \(input)")
        }
        return Shape(
            batch: input.batch, height: tall / stride + 1, width: wide / stride + 1, channels: outputChannels)
    }

    func multiplyAccumulates(input: Shape, output: Shape) -> Int {
        output.count * kernelHeight * kernelWidth * (input.channels / groups)
    }

    var title: String {
        let kind = groups == 1 ? "convolution" : groups == outputChannels ? "depthwise" : "grouped convolution"
        let steps = stride > 1 ? " /\(stride)" : ""
        let spread = dilation > 1 ? " dilated \(dilation)" : ""
        let fused = activation.map { " + \($0.title)" } ?? ""
        return "\(kind) \(kernelHeight)x\(kernelWidth)\(steps)\(spread)\(fused)"
    }
}

/// The gradient of a convolution as a layer: upsampling with learned kernels (DSSD, arXiv 1701.06659).
///
/// Weight [inputChannels, kernelHeight, kernelWidth, outputChannels]; bias [outputChannels].
/// Output size: (input - 1) * stride - 2 * padding + kernel + outputPadding.
public struct TransposedConvolution: Sendable {
    public var outputChannels: Int
    public var kernel: Int
    public var stride: Int
    public var padding: Int
    public var outputPadding: Int
    public var weight: Int
    public var bias: Int?

    func outputShape(_ inputs: [Shape]) throws(OcellusError) -> Shape {
        let input = try only(inputs)
        guard kernel > 0, stride > 0, padding >= 0, outputPadding >= 0, outputPadding < stride else {
            throw OcellusError(
                .invalidArgument,
                "a transposed convolution needs positive kernel and stride, and output padding below its stride")
        }
        let height = (input.height - 1) * stride - 2 * padding + kernel + outputPadding
        let width = (input.width - 1) * stride - 2 * padding + kernel + outputPadding
        guard height > 0, width > 0 else {
            throw OcellusError(.invalidArgument, "padding \(padding) leaves nothing of a transposed \(input)")
        }
        return Shape(batch: input.batch, height: height, width: width, channels: outputChannels)
    }

    func multiplyAccumulates(input: Shape, output: Shape) -> Int {
        input.count * kernel * kernel * output.channels
    }
}
