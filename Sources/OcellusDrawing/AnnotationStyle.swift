// How large and how strong annotations are, chosen from the size of the picture.

/// Sizes in pixels. The defaults follow the picture: readable at 320 pixels, neither lost nor crude at 6000.
public struct AnnotationStyle: Sendable {
    /// Width of a box's line.
    public var lineWidth: Float
    /// Height of capitals in tags and in the status line.
    public var textHeight: Float
    /// Radius of a landmark's dot. Small faces get smaller dots.
    public var landmarkRadius: Float
    /// Opacity of tags, 0...255.
    public var tagAlpha: UInt8 = 235

    /// The style for pictures of `width` by `height` pixels.
    public init(width: Int, height: Int) {
        let (w, h) = (Float(max(1, width.clamped(32768))), Float(max(1, height.clamped(32768))))
        let side = (w * h).squareRoot()
        lineWidth = max(1.4, 0.9 + side * 0.0021)
        textHeight = max(8, (5.5 + side * 0.0108).rounded())
        landmarkRadius = max(1.6, 0.9 + side * 0.0031)
    }

    /// The same, with every size moved to where it can be drawn; a NaN becomes the smallest.
    var limited: AnnotationStyle {
        var style = self
        style.lineWidth = lineWidth >= 0.5 ? min(lineWidth, 200) : 0.5
        style.textHeight = textHeight >= 5 ? min(textHeight, 400) : 5
        style.landmarkRadius = landmarkRadius >= 0.5 ? min(landmarkRadius, 400) : 0.5
        return style
    }
}
