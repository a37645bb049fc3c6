// From a glyph's string to strokes in pixels at one size: scaled, snapped to the pixel grid, curves cut into chords.
// Coordinates here have y upwards from the baseline, as letters do; StrokeFont turns them over.

/// The pen's path for one glyph.
struct GlyphOutline {
    /// A piece of a stroke, in pixels. Both ends are the same for a dot.
    struct Segment {
        var x0: Float
        var y0: Float
        var x1: Float
        var y1: Float
        /// Half the pen's width.
        var radius: Float
    }

    private(set) var segments: [Segment] = []
    /// Whole pixels from this glyph's origin to the next one's.
    let advance: Int

    /// `minimumWidth` is in grid units; the glyph is centred in it.
    init(_ text: String, metrics: FontMetrics, minimumWidth: Int) {
        var strokes: [[Point]] = [[]]
        var isCorner = false
        var x: Float?
        for byte in text.utf8 {
            if byte == UInt8(ascii: " ") {
                strokes.append([])
            } else if byte == UInt8(ascii: "~") {
                isCorner = true
            } else if let known = x {
                strokes[strokes.count - 1].append(Point(x: known, y: GlyphOutline.y(byte), isCorner: isCorner))
                (x, isCorner) = (nil, false)
            } else {
                x = GlyphOutline.digit(byte)
            }
        }
        let ink = strokes.reduce(Float(0)) { $1.reduce($0) { max($0, $1.x) } }
        let width = max(ink, Float(minimumWidth))
        // Whole pixels of ink: with the origin on a pixel's edge, the stems at both sides are then sharp.
        // A lone stem has nothing to give way: rounded down, it would stick out.
        let exact = width * metrics.unit + metrics.weight
        let inkPixels = max(1, exact.rounded(width > 0 ? .toNearestOrAwayFromZero : .up))
        let unit = width > 0 ? max(0, inkPixels - metrics.weight) / width : 0
        advance = Int(inkPixels) + 2 * metrics.bearing
        // Thin glyphs start at the origin; a digit narrower than its place stands where it was drawn.
        let origin = Float(metrics.bearing) + metrics.weight / 2
        for stroke in strokes {
            let placed = stroke.map {
                Point(x: origin + $0.x * unit, y: metrics.height($0.y), isCorner: $0.isCorner)
            }
            append(placed, metrics)
        }
    }

    private mutating func append(_ points: [Point], _ metrics: FontMetrics) {
        guard let first = points.first else { return }
        guard points.count > 1 else {
            // A dot the width of a stem looks smaller than the stem.
            segments.append(
                Segment(x0: first.x, y0: first.y, x1: first.x, y1: first.y, radius: metrics.weight * 0.6))
            return
        }
        var pen = first
        var index = 1
        while index < points.count {
            let point = points[index]
            if point.isCorner, index + 1 < points.count {
                let (start, end) = (pen, points[index + 1])
                for step in GlyphOutline.quarter {
                    // The image of a quarter circle under the map that takes its square to start, corner, end.
                    let x = point.x + (start.x - point.x) * (1 - step.sine) + (end.x - point.x) * (1 - step.cosine)
                    let y = point.y + (start.y - point.y) * (1 - step.sine) + (end.y - point.y) * (1 - step.cosine)
                    draw(from: &pen, to: Point(x: x, y: y, isCorner: false), metrics)
                }
                index += 2
            } else {
                draw(from: &pen, to: point, metrics)
                index += 1
            }
        }
    }

    private mutating func draw(from pen: inout Point, to next: Point, _ metrics: FontMetrics) {
        segments.append(Segment(x0: pen.x, y0: pen.y, x1: next.x, y1: next.y, radius: metrics.weight / 2))
        pen = next
    }

    private struct Point {
        var x: Float
        var y: Float
        var isCorner: Bool
    }

    /// Sine and cosine of 15°, 30° ... 90°.
    private static let quarter: [(sine: Float, cosine: Float)] = [
        (0.258819, 0.9659258), (0.5, 0.8660254), (0.70710678, 0.70710678), (0.8660254, 0.5), (0.9659258, 0.258819),
        (1, 0),
    ]

    private static func digit(_ byte: UInt8) -> Float {
        byte <= UInt8(ascii: "9") ? Float(byte) - 48 : Float(byte) - 87
    }

    private static func y(_ byte: UInt8) -> Float {
        byte >= UInt8(ascii: "w") ? Float(byte) - 123 : digit(byte)
    }
}
