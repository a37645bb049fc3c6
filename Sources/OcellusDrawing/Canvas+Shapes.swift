// Rounded rectangles, lines and circles. Each visits only the pixels it may touch and blends each of them once.
// No allocation.

extension Canvas {
    /// Fills a rectangle with rounded corners. `radius` is cut down to half the shorter side; 0 gives square corners.
    public func fillRectangle(
        left: Float, top: Float, right: Float, bottom: Float, radius: Float = 0, colour: Colour
    ) {
        guard radius >= 0, radius <= Coverage.coordinateLimit else { return }
        rectangle(left, top, right, bottom, radius, reach: 0, colour) { Coverage.inside($0) }
    }

    /// Draws the outline of a rectangle with rounded corners, `lineWidth` pixels wide, half of it inside the edge.
    public func strokeRectangle(
        left: Float, top: Float, right: Float, bottom: Float, radius: Float = 0, lineWidth: Float, colour: Colour
    ) {
        guard radius >= 0, radius <= Coverage.coordinateLimit, lineWidth > 0, lineWidth <= Coverage.coordinateLimit
        else { return }
        let half = lineWidth / 2
        rectangle(left, top, right, bottom, radius, reach: half, colour) { Coverage.band($0, halfWidth: half) }
    }

    /// A straight line with round ends, `width` pixels wide. A line of no length is a dot.
    public func line(fromX x0: Float, y y0: Float, toX x1: Float, y y1: Float, width lineWidth: Float, colour: Colour) {
        guard Coverage.isDrawable(x0, y0, x1, y1), lineWidth > 0, lineWidth <= Coverage.coordinateLimit else { return }
        let half = lineWidth / 2
        let (dx, dy) = (x1 - x0, y1 - y0)
        let squared = dx * dx + dy * dy
        let inverse = squared > 0 ? 1 / squared : 0
        // How far to either side of the middle a slanted line reaches within one row.
        let slanted = abs(dy) > 1e-3
        let slope = slanted ? dx / dy : 0
        let spread = slanted ? (half + 1.5) * squared.squareRoot() / abs(dy) : 0
        let (low, high) = (min(x0, x1) - half, max(x0, x1) + half)
        for row in rows(min(y0, y1) - half, max(y0, y1) + half) {
            let y = Float(row) + 0.5 - y0
            let middle = x0 + y * slope
            let range = slanted ? columns(max(low, middle - spread), min(high, middle + spread)) : columns(low, high)
            for column in range {
                let distance = Coverage.segment(Float(column) + 0.5 - x0, y, dx: dx, dy: dy, inverse: inverse)
                let coverage = Coverage.band(distance, halfWidth: half)
                if coverage > 0 { blend(column, row, colour, colour.weight(coverage)) }
            }
        }
    }

    /// A disc with an outline of `outlineWidth` pixels outside its radius. 0 draws the disc alone.
    public func circle(
        x: Float, y: Float, radius: Float, fill: Colour, outline: Colour = .ink, outlineWidth: Float = 0
    ) {
        guard Coverage.isDrawable(x, y, radius, outlineWidth), radius > 0, outlineWidth >= 0 else { return }
        let outer = radius + outlineWidth
        let range = columns(x - outer, x + outer)
        for row in rows(y - outer, y + outer) {
            let b = Float(row) + 0.5 - y
            for column in range {
                let a = Float(column) + 0.5 - x
                let distance = (a * a + b * b).squareRoot()
                let whole = Coverage.band(distance, halfWidth: outer)
                guard whole > 0 else { continue }
                let disc = Coverage.band(distance, halfWidth: radius)
                // The two share the pixel. Blending one after the other would let the ground shine through the seam.
                let ring = (whole - disc) * Float(outline.alpha) / 255
                let sum = ring + disc * Float(fill.alpha) / 255
                guard sum > 0 else { continue }
                let share = ring / sum
                let mixed = Colour(
                    Canvas.between(fill.red, outline.red, share), Canvas.between(fill.green, outline.green, share),
                    Canvas.between(fill.blue, outline.blue, share))
                blend(column, row, mixed, mixed.weight(min(1, sum)))
            }
        }
    }

    private static func between(_ a: UInt8, _ b: UInt8, _ share: Float) -> UInt8 {
        UInt8(max(0, min(255, Float(a) + (Float(b) - Float(a)) * share + 0.5)))
    }

    /// `reach`: how far outside the edge, and inside it for an outline, pixels are touched.
    @inline(__always)
    private func rectangle(
        _ left: Float, _ top: Float, _ right: Float, _ bottom: Float, _ radius: Float, reach: Float,
        _ colour: Colour, _ coverage: (Float) -> Float
    ) {
        guard Coverage.isDrawable(left, top, right, bottom), left < right, top < bottom else { return }
        let (halfWidth, halfHeight) = ((right - left) / 2, (bottom - top) / 2)
        let radius = min(radius, halfWidth, halfHeight)
        let (centreX, centreY) = ((left + right) / 2, (top + bottom) / 2)
        let all = columns(left - reach, right + reach)
        // Between the two bands at the sides the distance depends on the row alone: one weight for the whole run.
        let side = max(radius, reach) + 1
        let inner = left + side < right - side ? columns(left + side + 1, right - side - 1) : 0..<0
        let run = inner.isEmpty ? all.upperBound..<all.upperBound : inner
        for row in rows(top - reach, bottom + reach) {
            let y = Float(row) + 0.5 - centreY
            func edge(_ range: Range<Int>) {
                for column in range {
                    let distance = Coverage.roundedRectangle(
                        Float(column) + 0.5 - centreX, y, halfWidth: halfWidth, halfHeight: halfHeight, radius: radius)
                    let share = coverage(distance)
                    if share > 0 { blend(column, row, colour, colour.weight(min(1, share))) }
                }
            }
            edge(all.lowerBound..<max(all.lowerBound, run.lowerBound))
            blendRun(run, row, colour, colour.weight(min(1, coverage(abs(y) - halfHeight))))
            edge(max(run.upperBound, all.lowerBound)..<max(run.upperBound, all.upperBound))
        }
    }
}
