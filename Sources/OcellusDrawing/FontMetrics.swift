// The sizes of a font in pixels, rounded so that tops and bottoms of letters fall on pixel edges.

/// Everything that depends on the size alone. y is upwards from the baseline.
struct FontMetrics {
    /// Height of capitals, small letters and descenders, whole pixels, from the outside of the stroke.
    let capHeight: Int
    let xHeight: Int
    let descent: Int
    /// Width of the pen.
    let weight: Float
    /// Pixels a unit of the grid is wide, before a glyph's width is rounded.
    let unit: Float
    /// Free pixels to the left and right of a glyph.
    let bearing: Int

    /// `capHeight` is clamped to 5...400 and `weight` to 0.5 ... a quarter of it; a NaN counts as the smallest.
    init(capHeight: Float, weight: Float) {
        let height = capHeight >= 5 ? min(capHeight.rounded(), 400) : 5
        self.weight = weight >= 0.5 ? min(weight, height / 4) : 0.5
        self.capHeight = Int(height)
        xHeight = Int((height * 0.73).rounded())
        descent = max(2, Int((height * 0.29).rounded()))
        unit = (height - self.weight) / 12 * 0.96
        bearing = max(1, Int((height * 0.085).rounded()))
    }

    /// Where a height of the grid lies for the middle of the pen, in pixels above the baseline.
    func height(_ y: Float) -> Float {
        let inset = weight / 2
        let low = -Float(descent) + inset
        let middle = Float(xHeight) - inset
        let high = Float(capHeight) - inset
        if y <= 0 { return inset + (inset - low) * y / 4 }
        if y <= 8 { return inset + (middle - inset) * y / 8 }
        return middle + (high - middle) * (y - 8) / 4
    }

    /// Rows of a glyph's mask above and below the baseline, with room for what stands out: brackets and dots.
    var rowsAbove: Int { Int((height(13) + weight).rounded(.up)) + 1 }
    var rowsBelow: Int { descent + 1 }
}
