// The sizes of one convolution, and the check that they fit together.

/// Sizes of one convolution. Weights are [outputChannels, kernelHeight, kernelWidth, inputChannels / groups].
///
/// Padding below and to the right is what the output size implies; taps outside the input count as zero.
public struct ConvolutionGeometry: Sendable {
    public var input: Shape
    public var output: Shape
    public var kernelHeight: Int
    public var kernelWidth: Int
    public var strideHeight: Int
    public var strideWidth: Int
    public var dilationHeight: Int
    public var dilationWidth: Int
    public var paddingTop: Int
    public var paddingLeft: Int
    public var groups: Int
    /// Floats between neighbouring positions: the channels, or more when the tensor is a slice of a wider one.
    public var inputStride: Int
    public var outputStride: Int

    public init(
        input: Shape, output: Shape, kernelHeight: Int = 1, kernelWidth: Int = 1, strideHeight: Int = 1,
        strideWidth: Int = 1, dilationHeight: Int = 1, dilationWidth: Int = 1, paddingTop: Int = 0,
        paddingLeft: Int = 0, groups: Int = 1, inputStride: Int? = nil, outputStride: Int? = nil
    ) {
        self.input = input
        self.output = output
        self.kernelHeight = kernelHeight
        self.kernelWidth = kernelWidth
        self.strideHeight = strideHeight
        self.strideWidth = strideWidth
        self.dilationHeight = dilationHeight
        self.dilationWidth = dilationWidth
        self.paddingTop = paddingTop
        self.paddingLeft = paddingLeft
        self.groups = groups
        self.inputStride = inputStride ?? input.channels
        self.outputStride = outputStride ?? output.channels
    }

    public var taps: Int { kernelHeight * kernelWidth }
    public var isDepthwise: Bool { groups == input.channels && groups == output.channels }

    /// Number of weights; only after `validate`.
    public var weightCount: Int { output.channels * taps * (input.channels / groups) }

    /// Throws `.invalidArgument` when the sizes contradict each other or a product would overflow.
    public func validate() throws(OcellusError) {
        let limit = 1 << 16
        for (size, least) in [
            (kernelHeight, 1), (kernelWidth, 1), (strideHeight, 1), (strideWidth, 1), (dilationHeight, 1),
            (dilationWidth, 1), (paddingTop, 0), (paddingLeft, 0), (groups, 1),
        ] where size < least || size > limit {
            throw fault("a kernel, stride, dilation, padding or group count of \(size) is not in \(least)...\(limit)")
        }
        guard input.checkedCount() != nil, output.checkedCount() != nil, input.batch == output.batch else {
            throw fault("input \(input.description) and output \(output.description) must be sizes of the same batch")
        }
        guard input.channels % groups == 0, output.channels % groups == 0 else {
            throw fault("\(groups) groups do not divide \(input.channels) and \(output.channels) channels")
        }
        for (shape, stride) in [(input, inputStride), (output, outputStride)] {
            let wide = Shape(batch: shape.batch, height: shape.height, width: shape.width, channels: stride)
            guard stride >= shape.channels, wide.checkedCount() != nil else {
                throw fault("\(stride) floats between positions do not hold \(shape.channels) channels")
            }
        }
        let weights = Shape(
            batch: output.channels, height: kernelHeight, width: kernelWidth, channels: input.channels / groups)
        guard weights.checkedCount() != nil else { throw fault("weights \(weights.description) are too many") }
        try checkReach(
            input.height, output.height, (kernelHeight - 1) * dilationHeight, strideHeight, paddingTop, "height")
        try checkReach(
            input.width, output.width, (kernelWidth - 1) * dilationWidth, strideWidth, paddingLeft, "width")
    }

    /// Both the first and the last window must begin or end inside the input.
    private func checkReach(
        _ input: Int, _ output: Int, _ reach: Int, _ stride: Int, _ padding: Int, _ axis: String
    ) throws(OcellusError) {
        guard padding <= reach, (output - 1) * stride - padding < input else {
            throw fault(
                "output \(axis) \(output) is not what input \(axis) \(input), stride \(stride), padding \(padding) "
                    + "and a kernel reaching \(reach) further give")
        }
    }

    private func fault(_ message: String) -> OcellusError { OcellusError(.invalidArgument, "convolution: " + message) }
}
