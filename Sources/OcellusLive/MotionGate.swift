// Whether anything moved since the detector last looked: a coarse grey picture is compared with the one of that time.
// Not a detector of motion for people: it only has to notice what could change the detections.
import OcellusImage

/// Lets a frame through to the detector when the scene changed, or when the last look is too long ago.
public struct MotionGate: Sendable {
    /// When a frame counts as changed.
    public struct Settings: Sendable {
        /// Mean absolute difference of grey levels in one cell, 0...255, above which the scene has changed.
        public var threshold: Float = 6
        /// Seconds after which the detector looks again at a still scene.
        public var refresh: Double = 2

        public init(threshold: Float = 6, refresh: Double = 2) {
            self.threshold = threshold
            self.refresh = refresh
        }
    }

    /// Cells across and down: a cell of a 640x480 frame has 20x20 pixels.
    static let columns = 32
    static let rows = 24
    /// Samples a cell and side at most: noise averages out, time does not grow with the picture.
    private static let samples = 8

    public let settings: Settings
    private var reference = [Float](repeating: 0, count: columns * rows)
    private var current = [Float](repeating: 0, count: columns * rows)
    private var lastLook = -Double.infinity
    private var size = (width: 0, height: 0)

    public init(settings: Settings = Settings()) { self.settings = settings }

    /// Whether the detector should look at this frame of `timestamp` seconds (any clock that goes forward).
    public mutating func opens(_ image: ImageView, timestamp: Double) -> Bool {
        measure(image)
        let isSame = size == (image.width, image.height)
        // A clock set back opens the gate.
        if isSame, 0..<settings.refresh ~= timestamp - lastLook, change <= settings.threshold { return false }
        size = (image.width, image.height)
        lastLook = timestamp
        swap(&reference, &current)
        return true
    }

    /// The largest difference of a cell.
    private var change: Float {
        var largest: Float = 0
        for index in 0..<reference.count { largest = max(largest, abs(reference[index] - current[index])) }
        return largest
    }

    private mutating func measure(_ image: ImageView) {
        let (step, offset) = MotionGate.brightness(image.format)
        for row in 0..<MotionGate.rows {
            let lines = MotionGate.span(row, MotionGate.rows, image.height)
            for column in 0..<MotionGate.columns {
                let cells = MotionGate.span(column, MotionGate.columns, image.width)
                var sum = 0
                var count = 0
                for y in Swift.stride(from: lines.start, to: lines.end, by: lines.step) {
                    let line = image.pixels + (y &* image.stride &+ offset)
                    for x in Swift.stride(from: cells.start, to: cells.end, by: cells.step) {
                        sum &+= Int(line[x &* step])
                        count &+= 1
                    }
                }
                current[row * MotionGate.columns + column] = Float(sum) / Float(max(1, count))
            }
        }
    }

    /// Pixels of cell `index` of `cells` over `length`; at least one.
    private static func span(_ index: Int, _ cells: Int, _ length: Int) -> (start: Int, end: Int, step: Int) {
        let start = min(length * index / cells, length - 1)
        let end = max(start + 1, length * (index + 1) / cells)
        return (start, end, max(1, (end - start) / samples))
    }

    /// Bytes from pixel to pixel, and where in a pixel the brightness is: green stands for it in colours.
    private static func brightness(_ format: PixelFormat) -> (step: Int, offset: Int) {
        switch format {
        case .rgb8, .bgr8: (3, 1)
        case .rgba8, .bgra8: (4, 1)
        case .grey8, .nv12: (1, 0)
        case .yuyv: (2, 0)
        }
    }
}
