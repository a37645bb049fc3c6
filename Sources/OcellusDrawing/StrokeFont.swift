// Lettering: the glyphs of GlyphTable at one size, rasterised once, then only blended.
import OcellusTensor

/// Our own stroke font at one size and weight: printable ASCII, proportional, digits all of one width.
///
/// Glyphs are rasterised when the font is made; drawing does not allocate. Any character beyond ASCII and any
/// control character is drawn as a crossed box.
public final class StrokeFont {
    let metrics: FontMetrics
    private let masks: Buffer<UInt8>
    private var places: [Place] = []

    private struct Place {
        var offset: Int
        var advance: Int
    }

    /// A font whose capitals are `capHeight` pixels high (rounded to whole pixels, 5...400) and whose strokes are
    /// `weight` pixels wide; without a weight, a seventh of the height. Where `text` is given, only its characters
    /// are rasterised, and others leave an empty place.
    ///
    /// Throws `.outOfMemory`.
    public init(capHeight: Float, weight: Float? = nil, for text: [UInt8]? = nil) throws(OcellusError) {
        let metrics = FontMetrics(capHeight: capHeight, weight: weight ?? capHeight * 0.145)
        self.metrics = metrics
        let outlines = StrokeFont.outlines(metrics)
        let rows = metrics.rowsAbove + metrics.rowsBelow
        var size = 0
        for outline in outlines {
            places.append(Place(offset: size, advance: outline.advance))
            size += outline.advance * rows
        }
        masks = try Buffer(count: size)
        let wanted = text.map { Set($0.compactMap(StrokeFont.glyphIndex)) }
        for (index, outline) in outlines.enumerated() where wanted?.contains(index) ?? true {
            StrokeFont.rasterise(outline, metrics, into: masks.pointer + places[index].offset)
        }
    }

    /// Height of capitals in whole pixels.
    public var capHeight: Int { metrics.capHeight }
    /// How far letters such as g reach below the baseline, in whole pixels.
    public var descent: Int { metrics.descent }

    /// Width of a line of UTF-8 text in whole pixels.
    public func width(of text: some Sequence<UInt8>) -> Int {
        text.reduce(0) { $0 &+ (StrokeFont.glyphIndex($1).map { places[$0].advance } ?? 0) }
    }

    /// Draws a line of UTF-8 text from the column `x` on, standing on the top edge of row `baseline`. Parts outside
    /// the picture are left out. Returns the column behind the text.
    @discardableResult
    public func draw(
        _ text: some Sequence<UInt8>, on canvas: Canvas, x: Int, baseline: Int, colour: Colour
    ) -> Int {
        let limit = Int(Coverage.coordinateLimit)
        guard abs(x.clamped(limit)) < limit, abs(baseline.clamped(limit)) < limit else { return x }
        var column = x
        for byte in text {
            guard let index = StrokeFont.glyphIndex(byte) else { continue }
            let place = places[index]
            if column >= canvas.width { break }
            if column + place.advance > 0 { blend(place, on: canvas, column, baseline, colour) }
            column += place.advance
        }
        return column
    }

    private func blend(_ place: Place, on canvas: Canvas, _ x: Int, _ baseline: Int, _ colour: Colour) {
        let top = baseline - metrics.rowsAbove
        let rows = max(0, top)..<max(0, top, min(canvas.height, baseline + metrics.rowsBelow))
        let columns = max(0, x)..<max(0, x, min(canvas.width, x + place.advance))
        let alpha = Int32(colour.alpha)
        for row in rows {
            let mask = masks.pointer + place.offset + (row - top) * place.advance
            for column in columns {
                let coverage = Int32(mask[column &- x])
                // 255 * 255 * 258 / 65536 rounds to 256, and 0 stays 0.
                if coverage != 0 { canvas.blend(column, row, colour, (coverage &* alpha &* 258 &+ 32768) &>> 16) }
            }
        }
    }

    /// The place in the table for the byte that begins a character, nil for the bytes that continue one.
    static func glyphIndex(_ byte: UInt8) -> Int? {
        if byte >= 32, byte < 127 { return Int(byte) - 32 }
        return byte & 0xC0 == 0x80 ? nil : GlyphTable.glyphs.count
    }

    /// The table's glyphs in its order, then the box.
    static func outlines(_ metrics: FontMetrics) -> [GlyphOutline] {
        var outlines: [GlyphOutline] = []
        for (index, text) in GlyphTable.glyphs.enumerated() {
            let isDigit = index >= 16 && index < 26
            let width = index == 0 ? GlyphTable.spaceWidth : isDigit ? GlyphTable.digitWidth : 0
            outlines.append(GlyphOutline(text, metrics: metrics, minimumWidth: width))
        }
        return outlines + [GlyphOutline(GlyphTable.missing, metrics: metrics, minimumWidth: 0)]
    }

    /// Where strokes meet, the larger coverage counts: one shape, without dark joints.
    private static func rasterise(
        _ outline: GlyphOutline, _ metrics: FontMetrics, into mask: UnsafeMutablePointer<UInt8>
    ) {
        let rows = metrics.rowsAbove + metrics.rowsBelow
        for segment in outline.segments {
            let (x0, y0) = (segment.x0, Float(metrics.rowsAbove) - segment.y0)
            let (x1, y1) = (segment.x1, Float(metrics.rowsAbove) - segment.y1)
            let reach = segment.radius + 1
            let (dx, dy) = (x1 - x0, y1 - y0)
            let squared = dx * dx + dy * dy
            let inverse = squared > 0 ? 1 / squared : 0
            let first = max(0, Int((min(y0, y1) - reach).rounded(.down)))
            let last = min(rows, Int((max(y0, y1) + reach).rounded(.up)))
            let left = max(0, Int((min(x0, x1) - reach).rounded(.down)))
            let right = min(outline.advance, Int((max(x0, x1) + reach).rounded(.up)))
            guard first < last, left < right else { continue }
            for row in first..<last {
                for column in left..<right {
                    let distance = Coverage.segment(
                        Float(column) + 0.5 - x0, Float(row) + 0.5 - y0, dx: dx, dy: dy, inverse: inverse)
                    let value = UInt8(min(1, Coverage.band(distance, halfWidth: segment.radius)) * 255 + 0.5)
                    let cell = mask + (row * outline.advance + column)
                    cell.pointee = max(cell.pointee, value)
                }
            }
        }
    }
}

extension Int {
    /// Moved into `-limit...limit`.
    func clamped(_ limit: Int) -> Int { Swift.min(limit, Swift.max(-limit, self)) }
}
