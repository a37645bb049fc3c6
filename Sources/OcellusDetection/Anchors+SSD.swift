// The anchors of SSD (arXiv 1512.02325) in the order of Caffe's PriorBox layer. TensorFlow's order is another file.
import OcellusTensor

/// One PriorBox layer: its feature map and the sizes at each cell.
public struct PriorBoxLayer: Sendable {
    public var rows: Int
    public var columns: Int
    /// Side of the small square, in pixels of the input.
    public var minimumSize: Float
    /// With it comes a square of side sqrt(minimum * maximum).
    public var maximumSize: Float?
    /// Width over height; each comes with its inverse. 1 is always there and must not be named.
    public var aspectRatios: [Float]
    /// Pixels from cell to cell; nil divides the input evenly.
    public var step: Float?

    public init(
        rows: Int, columns: Int, minimumSize: Float, maximumSize: Float? = nil, aspectRatios: [Float],
        step: Float? = nil
    ) {
        self.rows = rows
        self.columns = columns
        self.minimumSize = minimumSize
        self.maximumSize = maximumSize
        self.aspectRatios = aspectRatios
        self.step = step
    }
}

extension Anchors {
    /// SSD anchors. At each cell: the small square, the middle square, then each ratio and its inverse.
    ///
    /// Throws `.invalidArgument` for sizes and ratios that are not above 0.
    public static func ssd(
        inputWidth: Int, inputHeight: Int, layers: [PriorBoxLayer]
    ) throws(OcellusError) -> Anchors {
        try checkInput(inputWidth, inputHeight)
        let width = Float(inputWidth)
        let height = Float(inputHeight)
        var levels: [AnchorLevel] = []
        for layer in layers {
            let minimum = layer.minimumSize
            var sizes = [AnchorSize(width: minimum / width, height: minimum / height)]
            if let maximum = layer.maximumSize {
                let side = (minimum * maximum).squareRoot()  // (3)
                sizes.append(AnchorSize(width: side / width, height: side / height))
            }
            for ratio in layer.aspectRatios {
                let root = ratio.squareRoot()  // (4)
                sizes.append(AnchorSize(width: minimum * root / width, height: minimum / root / height))
                sizes.append(AnchorSize(width: minimum / root / width, height: minimum * root / height))
            }
            var level = AnchorLevel(rows: layer.rows, columns: layer.columns, sizes: sizes)
            if let step = layer.step {
                level.stepX = step / width
                level.stepY = step / height
            }
            levels.append(level)
        }
        return try Anchors(inputWidth: inputWidth, inputHeight: inputHeight, levels: levels)
    }

    /// The 1,917 anchors of the Caffe MobileNet-SSD at 300x300. Coded with variances 0.1 and 0.2.
    public static func mobileNetSSD300() throws(OcellusError) -> Anchors {
        let maps = [19, 10, 5, 3, 2, 1]
        let minimum: [Float] = [60, 105, 150, 195, 240, 285]
        let maximum: [Float?] = [nil, 150, 195, 240, 285, 300]
        var layers: [PriorBoxLayer] = []
        for index in 0..<6 {
            // No choice between two literals: docs/architecture.md has why.
            var ratios: [Float] = [2]
            if index > 0 { ratios.append(3) }
            layers.append(
                PriorBoxLayer(
                    rows: maps[index], columns: maps[index], minimumSize: minimum[index],
                    maximumSize: maximum[index], aspectRatios: ratios))
        }
        return try ssd(inputWidth: 300, inputHeight: 300, layers: layers)
    }

    /// The 8,732 anchors of SSD300 with a VGG16 backbone, for data like PASCAL VOC.
    public static func ssd300VGG() throws(OcellusError) -> Anchors {
        let maps = [38, 19, 10, 5, 3, 1]
        let steps: [Float] = [8, 16, 32, 64, 100, 300]
        let sizes: [Float] = [30, 60, 111, 162, 213, 264, 315]
        let ratios: [[Float]] = [[2], [2, 3], [2, 3], [2, 3], [2], [2]]
        var layers: [PriorBoxLayer] = []
        for index in 0..<6 {
            layers.append(
                PriorBoxLayer(
                    rows: maps[index], columns: maps[index], minimumSize: sizes[index],
                    maximumSize: sizes[index + 1], aspectRatios: ratios[index], step: steps[index]))
        }
        return try ssd(inputWidth: 300, inputHeight: 300, layers: layers)
    }
}
