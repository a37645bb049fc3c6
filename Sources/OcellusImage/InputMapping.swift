// Where a point of the source picture lies in the network's input, and back. Coordinates are continuous: pixel i covers
// i to i + 1, so that half-pixel centres need no correction.

/// `input = source * scale + offset`, each axis for itself.
public struct InputMapping: Equatable, Sendable {
    /// Input pixels for a source pixel. Exact for the pixels really sampled: resized width / source width.
    public private(set) var scaleX: Float
    public private(set) var scaleY: Float
    /// The picture's left and top edge in the input, whole pixels; 0 unless centred in a letterbox.
    public let offsetX: Float
    public let offsetY: Float
    /// The size of the picture in the input, in pixels; the input's own size with `.stretch`.
    public let resizedWidth: Int
    public let resizedHeight: Int

    /// The mapping for a picture of this size (1...32768 each; smaller is taken as 1).
    ///
    /// A letterbox scales by `s = min(W / w, H / h)` to `max(1, round(w * s))` by `max(1, round(h * s))`, halves up,
    /// in whole numbers: no rounding error decides about a row.
    public init(sourceWidth: Int, sourceHeight: Int, preprocessing: Preprocessing) {
        let (width, height) = (max(1, sourceWidth), max(1, sourceHeight))
        let (inputWidth, inputHeight) = (max(1, preprocessing.inputWidth), max(1, preprocessing.inputHeight))
        var (resizedWidth, resizedHeight) = (inputWidth, inputHeight)
        var (left, top) = (0, 0)
        if case .letterbox(let placement, _) = preprocessing.fit {
            if inputWidth * height <= inputHeight * width {
                resizedHeight = min(inputHeight, max(1, (2 * height * inputWidth + width) / (2 * width)))
            } else {
                resizedWidth = min(inputWidth, max(1, (2 * width * inputHeight + height) / (2 * height)))
            }
            if placement == .centred {
                left = (inputWidth - resizedWidth) / 2
                top = (inputHeight - resizedHeight) / 2
            }
        }
        self.resizedWidth = resizedWidth
        self.resizedHeight = resizedHeight
        scaleX = Float(resizedWidth) / Float(width)
        scaleY = Float(resizedHeight) / Float(height)
        offsetX = Float(left)
        offsetY = Float(top)
    }

    /// Takes `width` by `height` for the source's size: the picture that was mapped is a smaller copy of it.
    public mutating func source(_ width: Int, _ height: Int, insteadOf mappedWidth: Int, _ mappedHeight: Int) {
        guard width != mappedWidth || height != mappedHeight else { return }
        scaleX *= Float(mappedWidth) / Float(width)
        scaleY *= Float(mappedHeight) / Float(height)
    }

    /// A point in source pixels, in input pixels.
    public func toInput(_ x: Float, _ y: Float) -> (x: Float, y: Float) {
        (x * scaleX + offsetX, y * scaleY + offsetY)
    }

    /// A point in input pixels, in source pixels. Not clipped: a point in the fill lies outside the picture.
    public func toSource(_ x: Float, _ y: Float) -> (x: Float, y: Float) {
        ((x - offsetX) / scaleX, (y - offsetY) / scaleY)
    }
}
