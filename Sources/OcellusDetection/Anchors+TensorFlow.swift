// The anchors of SSD as TensorFlow's object detection models lay them out: scales of the input instead of pixels,
// ratios before the middle square, and a lowest level of its own.
import OcellusTensor

extension Anchors {
    /// The anchors of TensorFlow's SSD models: 1,917 for the feature maps of MobileNet at 300x300.
    ///
    /// Scales are relative to the input's sides, so anchors are squares only when the input is one.
    ///
    /// - Parameters:
    ///   - maps: rows and columns of each feature map, largest first; at least two.
    ///   - minimumScale: of the first map; the scales between are evenly spaced.
    ///   - maximumScale: of the last map.
    ///   - reducedLowestLayer: gives the first map three anchors instead of six.
    ///
    /// Throws `.invalidArgument` for fewer than two maps or scales that are not above 0.
    public static func tensorFlowSSD(
        inputWidth: Int = 300, inputHeight: Int = 300,
        maps: [(rows: Int, columns: Int)] = [(19, 19), (10, 10), (5, 5), (3, 3), (2, 2), (1, 1)],
        minimumScale: Float = 0.2, maximumScale: Float = 0.95, reducedLowestLayer: Bool = true
    ) throws(OcellusError) -> Anchors {
        guard maps.count >= 2 else {
            throw OcellusError(.invalidArgument, "TensorFlow's anchors need two feature maps or more")
        }
        func scale(_ index: Int) -> Float {  // (5)
            index == maps.count
                ? 1 : minimumScale + (maximumScale - minimumScale) * Float(index) / Float(maps.count - 1)
        }
        func size(_ scale: Float, _ ratio: Float) -> AnchorSize {  // (4)
            AnchorSize(width: scale * ratio.squareRoot(), height: scale / ratio.squareRoot())
        }
        // The published configurations write 0.3333, and the trained networks have anchors of exactly that ratio.
        let ratios: [Float] = [1, 2, 0.5, 3, 0.3333]
        var levels: [AnchorLevel] = []
        for (index, map) in maps.enumerated() {
            var sizes: [AnchorSize] = []
            if index == 0 && reducedLowestLayer {
                sizes = [size(0.1, 1), size(minimumScale, 2), size(minimumScale, 0.5)]
            } else {
                for ratio in ratios { sizes.append(size(scale(index), ratio)) }
                sizes.append(size((scale(index) * scale(index + 1)).squareRoot(), 1))  // (3)
            }
            levels.append(AnchorLevel(rows: map.rows, columns: map.columns, sizes: sizes))
        }
        return try Anchors(inputWidth: inputWidth, inputHeight: inputHeight, levels: levels)
    }
}
