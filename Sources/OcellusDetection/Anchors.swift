// Anchors: the boxes a network's rows are relative to. This file lays them out; which sizes a published network uses
// is in the extensions. Theory: docs/anchors.md.
import OcellusTensor

/// A reference box by its centre and size, normalised: 1 is the input's width or height.
public struct AnchorBox: BitwiseCopyable, Sendable, Equatable {
    public var centreX: Float
    public var centreY: Float
    public var width: Float
    public var height: Float

    public init(centreX: Float, centreY: Float, width: Float, height: Float) {
        self.centreX = centreX
        self.centreY = centreY
        self.width = width
        self.height = height
    }

    public var box: Box { Box(centreX: centreX, centreY: centreY, width: width, height: height) }
}

/// Width and height of an anchor, normalised to the input.
public struct AnchorSize: BitwiseCopyable, Sendable, Equatable {
    public var width: Float
    public var height: Float

    public init(width: Float, height: Float) {
        self.width = width
        self.height = height
    }
}

/// The anchors of one feature map: the same sizes at each cell.
public struct AnchorLevel: Sendable {
    public var rows: Int
    public var columns: Int
    /// Distance of two cells' centres, normalised to the input. The first centre is half of it from the edge.
    public var stepX: Float
    public var stepY: Float
    public var sizes: [AnchorSize]

    /// Without steps, the cells divide the input evenly.
    public init(rows: Int, columns: Int, stepX: Float? = nil, stepY: Float? = nil, sizes: [AnchorSize]) {
        self.rows = rows
        self.columns = columns
        self.stepX = stepX ?? 1 / Float(columns)
        self.stepY = stepY ?? 1 / Float(rows)
        self.sizes = sizes
    }
}

/// All anchors of a network, in the order of its head rows: level, row, column, size.
public struct Anchors: Sendable {
    /// The largest number of anchors; a 300x300 SSD has 8,732, a 640x640 RetinaFace 16,800.
    public static let limit = 1 << 20

    /// Pixels.
    public let inputWidth: Int
    public let inputHeight: Int
    public let boxes: [AnchorBox]

    public var count: Int { boxes.count }

    /// Throws `.invalidArgument` for an input outside 1...65536, for a level without cells or sizes, for steps or
    /// sizes that are not positive and finite, and for more than `limit` anchors.
    public init(inputWidth: Int, inputHeight: Int, levels: [AnchorLevel]) throws(OcellusError) {
        try Anchors.checkInput(inputWidth, inputHeight)
        let count = try Anchors.checkedCount(levels)
        var boxes: [AnchorBox] = []
        boxes.reserveCapacity(count)
        for level in levels {
            for row in 0..<level.rows {
                let centreY = (Float(row) + 0.5) * level.stepY  // (1)
                for column in 0..<level.columns {
                    let centreX = (Float(column) + 0.5) * level.stepX  // (1)
                    for size in level.sizes {
                        boxes.append(
                            AnchorBox(centreX: centreX, centreY: centreY, width: size.width, height: size.height))
                    }
                }
            }
        }
        self.inputWidth = inputWidth
        self.inputHeight = inputHeight
        self.boxes = boxes
    }

    /// Anchors as a model file brings them, in the order of its rows.
    ///
    /// Throws `.invalidArgument` for an input outside 1...65536, for no or more than `limit` anchors, for centres that
    /// are not finite and for sizes that are not positive and finite.
    public init(inputWidth: Int, inputHeight: Int, boxes: [AnchorBox]) throws(OcellusError) {
        try Anchors.checkInput(inputWidth, inputHeight)
        guard 1...Anchors.limit ~= boxes.count else {
            throw OcellusError(.invalidArgument, "\(boxes.count) anchors: must be 1 to \(Anchors.limit)")
        }
        for (index, box) in boxes.enumerated() {
            guard box.centreX.isFinite, box.centreY.isFinite, Anchors.isPositive(box.width),
                Anchors.isPositive(box.height)
            else {
                throw OcellusError(
                    .invalidArgument,
                    "anchor \(index) is at \(box.centreX), \(box.centreY) with size \(box.width), \(box.height); "
                        + "expected finite numbers and sizes above 0")
            }
        }
        self.inputWidth = inputWidth
        self.inputHeight = inputHeight
        self.boxes = boxes
    }

    static func checkInput(_ width: Int, _ height: Int) throws(OcellusError) {
        guard 1...65536 ~= width, 1...65536 ~= height else {
            throw OcellusError(.invalidArgument, "an input of \(width)x\(height) pixels: each must be 1 to 65536")
        }
    }

    private static func checkedCount(_ levels: [AnchorLevel]) throws(OcellusError) -> Int {
        var count = 0
        for (index, level) in levels.enumerated() {
            var proper = level.rows > 0 && level.columns > 0 && !level.sizes.isEmpty
            proper = proper && isPositive(level.stepX) && isPositive(level.stepY)
            for size in level.sizes { proper = proper && isPositive(size.width) && isPositive(size.height) }
            guard proper else {
                throw OcellusError(
                    .invalidArgument,
                    "anchor level \(index) of \(level.rows)x\(level.columns) cells: expected cells, steps and sizes "
                        + "above 0")
            }
            let cells = Shape(height: level.rows, width: level.columns, channels: level.sizes.count)
            count += cells.checkedCount(limit: limit) ?? limit + 1
            guard count <= limit else {
                throw OcellusError(.invalidArgument, "these levels have more than \(limit) anchors")
            }
        }
        guard count > 0 else { throw OcellusError(.invalidArgument, "anchors need at least one level") }
        return count
    }

    private static func isPositive(_ value: Float) -> Bool { value > 0 && value < .infinity }
}
