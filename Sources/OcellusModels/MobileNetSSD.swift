// MobileNet-SSD at 300x300 (SSD: arXiv 1512.02325): one backbone, four extra levels, 1,917 anchors, in the two layouts
// that trained weights exist for: Caffe's with 21 classes and TensorFlow's with 90.
import OcellusDetection
import OcellusImage
import OcellusNetwork
import OcellusTensor

/// What the two layouts share and where they differ.
enum MobileNetSSD {
    enum Layout: Sendable, Equatable {
        /// Softmax over 21 classes, ReLU, one zero around, pictures (x - 127.5) * 0.007843 in BGR.
        case caffe
        /// Sigmoid over 91 columns, ReLU6, TensorFlow's padding, pictures x / 127.5 - 1 in RGB.
        case tensorFlow
    }

    static let size = 300
    static let anchorsPerCell = [3, 6, 6, 6, 6, 6]
    /// Channels inside and behind each extra level: 1x1 then 3x3 with stride 2.
    static let extras: [(reduce: Int, expand: Int)] = [(256, 512), (128, 256), (128, 256), (64, 128)]

    /// Rows `scores` [1917, classes] (logits, column 0 the background) and `boxes` [1917, 4].
    ///
    /// `width` scales the channels of every layer but the heads.
    static func declare(_ layout: Layout, classes: Int, width: Float) throws(OcellusError) -> Graph {
        let style = MobileNetStyle(
            epsilon: layout == .tensorFlow ? 1e-3 : 1e-5, activation: layout == .tensorFlow ? .relu6 : .relu,
            padsLikeTensorFlow: layout == .tensorFlow, width: width)
        let builder = GraphBuilder()
        let image = builder.input(Shape(height: size, width: size, channels: 3))
        var levels = builder.scope("backbone") { backbone(builder, image, style) }
        for (index, extra) in extras.enumerated() {
            levels.append(
                builder.scope(Name("extra\(index + 2)")) {
                    extraLevel(builder, levels[levels.count - 1], extra, style)
                })
        }
        func head(_ name: String, _ columns: Int, _ output: Name) -> GraphBuilder.Value {
            builder.anchorHead(
                levels, names: levels.indices.map { Name("\(name)\($0)") }, anchorsPerCell: anchorsPerCell,
                columns: columns, output: output)
        }
        let scores = head("class", classes, "scores")
        let boxes = head("box", 4, "boxes")
        return try builder.finish([("scores", scores), ("boxes", boxes)])
    }

    /// Taps: blocks 11 (19x19) and 13 (10x10).
    private static func backbone(
        _ builder: GraphBuilder, _ image: GraphBuilder.Value, _ style: MobileNetStyle
    ) -> [GraphBuilder.Value] {
        var x = builder.convolutionBlock(
            image, convolution: "conv0", normalization: "conv0.normalization",
            channels: style.channels(MobileNetV1.firstChannels),
            kernel: 3, stride: 2, padding: style.padding(builder.shape(of: image), kernel: 3, stride: 2),
            epsilon: style.epsilon, activation: style.activation)
        var taps: [GraphBuilder.Value] = []
        for (index, block) in MobileNetV1.blocks.enumerated() {
            x = builder.scope(Name("conv\(index + 1)")) {
                builder.separableBlock(
                    x, depthwise: ("depthwise", "depthwise.normalization"),
                    pointwise: ("pointwise", "pointwise.normalization"), channels: style.channels(block.channels),
                    stride: block.stride, style: style)
            }
            if index == 10 || index == 12 { taps.append(x) }
        }
        return taps
    }

    private static func extraLevel(
        _ builder: GraphBuilder, _ x: GraphBuilder.Value, _ extra: (reduce: Int, expand: Int), _ style: MobileNetStyle
    ) -> GraphBuilder.Value {
        let y = builder.convolutionBlock(
            x, convolution: "reduce", normalization: "reduce.normalization", channels: style.channels(extra.reduce),
            kernel: 1,
            epsilon: style.epsilon, activation: style.activation)
        return builder.convolutionBlock(
            y, convolution: "expand", normalization: "expand.normalization", channels: style.channels(extra.expand),
            kernel: 3,
            stride: 2, padding: style.padding(builder.shape(of: y), kernel: 3, stride: 2), epsilon: style.epsilon,
            activation: style.activation)
    }

    static func anchors(_ layout: Layout) throws(OcellusError) -> Anchors {
        switch layout {
        case .caffe: return try .mobileNetSSD300()
        case .tensorFlow: return try .tensorFlowSSD(inputWidth: size, inputHeight: size)
        }
    }

    static func preprocessing(_ layout: Layout) -> Preprocessing {
        let scale: Float = layout == .caffe ? 0.007843 : 1 / 127.5
        return Preprocessing(
            inputWidth: size, inputHeight: size, channelOrder: layout == .caffe ? .bgr : .rgb,
            mean: [127.5, 127.5, 127.5], scale: [scale, scale, scale], fit: .stretch)
    }
}
