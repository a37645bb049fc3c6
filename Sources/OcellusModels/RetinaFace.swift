// RetinaFace with a MobileNetV1 x0.25 backbone (arXiv 1905.00641): faces with five landmarks.
// Parameter names are those of the published PyTorch weights, so that they load without a table.
import OcellusDetection
import OcellusImage
import OcellusNetwork
import OcellusTensor

/// The network, its anchors and its conventions. Counts at 300: 3,810 anchors; as published 426,608 parameters and 222.3 M MAC,
/// with a wide stem 402,816 and 222.7 M.
enum RetinaFace {
    static let anchorsPerCell = 2
    /// The class column 0 is the background.
    static let classes = 2

    /// Rows `scores` [anchors, 2] (logits), `boxes` [anchors, 4], `landmarks` [anchors, 10].
    ///
    /// - Parameter hasWideStem: twice the channels at strides 2 and 4, where small faces are told from clutter (SCRFD, arXiv
    ///   2105.04714, moves computation there too), paid for by a depthwise convolution and one of 1x1 for the finest level's
    ///   3x3 in the pyramid.
    static func declare(height: Int, width: Int, hasWideStem: Bool) throws(OcellusError) -> Graph {
        let builder = GraphBuilder()
        let image = builder.input(Shape(height: height, width: width, channels: 3))
        let taps = builder.scope("body") { backbone(builder, image, early: hasWideStem ? 2 : 1) }
        let pyramid = builder.scope("fpn") {
            builder.featurePyramid(taps, channels: 64, activation: .relu, separable: hasWideStem)
        }
        var levels: [GraphBuilder.Value] = []
        for (index, level) in pyramid.enumerated() {
            levels.append(builder.contextModule(level, Name("ssh\(index + 1)"), channels: 64, activation: .relu))
        }
        func head(_ name: String, _ columns: Int, _ output: Name) -> GraphBuilder.Value {
            builder.anchorHead(
                levels, names: levels.indices.map { Name("\(name).\($0).conv1x1") },
                anchorsPerCell: levels.map { _ in anchorsPerCell }, columns: columns, output: output)
        }
        let scores = head("ClassHead", classes, "scores")
        let boxes = head("BboxHead", 4, "boxes")
        let landmarks = head("LandmarkHead", 2 * Landmarks.count, "landmarks")
        return try builder.finish([("scores", scores), ("boxes", boxes), ("landmarks", landmarks)])
    }

    /// Taps at strides 8, 16 and 32: blocks 5, 11 and 13 of MobileNetV1 at a quarter of its width, `early` times that up to a
    /// stride of 4.
    private static func backbone(
        _ builder: GraphBuilder, _ image: GraphBuilder.Value, early: Int
    ) -> [GraphBuilder.Value] {
        let style = MobileNetStyle(epsilon: 1e-5, activation: .relu, padsLikeTensorFlow: false, width: 0.25)
        var x = builder.convolutionBlock(
            image, convolution: "stage1.0.0", normalization: "stage1.0.1",
            channels: early * style.channels(MobileNetV1.firstChannels),
            kernel: 3, stride: 2, activation: .relu)
        var taps: [GraphBuilder.Value] = []
        // The published file counts blocks within three stages; the first convolution is stage 1's block 0.
        var (stage, place) = (1, 1)
        for (index, block) in MobileNetV1.blocks.enumerated() {
            let name = Name("stage\(stage).\(place)")
            x = builder.separableBlock(
                x, depthwise: (name.appending("0"), name.appending("1")),
                pointwise: (name.appending("3"), name.appending("4")),
                channels: (index < 3 ? early : 1) * style.channels(block.channels), stride: block.stride, style: style)
            place += 1
            if index == 4 || index == 10 || index == 12 {
                taps.append(x)
                (stage, place) = (stage + 1, 0)
            }
        }
        return taps
    }

    static func anchors(height: Int, width: Int) throws(OcellusError) -> Anchors {
        try .retinaFace(inputWidth: width, inputHeight: height)
    }

    /// BGR minus the mean of ImageNet, not scaled; the picture's long side fits, at the top left.
    static func preprocessing(height: Int, width: Int) -> Preprocessing {
        Preprocessing(
            inputWidth: width, inputHeight: height, channelOrder: .bgr, mean: [104, 117, 123], scale: [1, 1, 1],
            fit: .letterbox(.topLeft, .mean))
    }
}
