// Tags: the class and score of a box on a small plate, and the status line. Plates lie on whole pixels, stay inside
// the picture, and keep off each other where there is room.
import OcellusDetection

/// A rectangle of whole pixels; `right` and `bottom` are not part of it.
struct PixelRectangle: Equatable {
    var left: Int
    var top: Int
    var right: Int
    var bottom: Int

    func overlaps(_ other: PixelRectangle) -> Bool {
        left < other.right && other.left < right && top < other.bottom && other.top < bottom
    }
}

extension Annotator {
    /// A corner of the picture.
    public enum Corner: Sendable {
        case topLeft, topRight, bottomLeft, bottomRight
    }

    /// Writes one line of text on a dark plate in a corner of the picture; what does not fit is cut off.
    public func drawStatus(_ line: String, corner: Corner = .bottomLeft, on canvas: Canvas) {
        text.removeAll(keepingCapacity: true)
        text.append(contentsOf: line.utf8)
        let margin = font.capHeight / 2
        guard let size = plateSize(canvas.width - 2 * margin, canvas.height - 2 * margin) else { return }
        let isLeft = corner == .topLeft || corner == .bottomLeft
        let isTop = corner == .topLeft || corner == .topRight
        drawPlate(
            x: isLeft ? margin : canvas.width - margin - size.width,
            y: isTop ? margin : canvas.height - margin - size.height, size,
            fill: .ink.withAlpha(176), textColour: Colour(240, 243, 246), canvas)
    }

    func drawTag(_ detection: Detection, _ box: Box, _ canvas: Canvas) {
        writeTag(detection)
        guard let size = plateSize(canvas.width, canvas.height) else { return }
        guard let place = placeTag(size, box, canvas) else { return }
        tags.append(place)
        let colour = Palette.colour(label: detection.label)
        drawPlate(
            x: place.left, y: place.top, size, fill: colour.withAlpha(style.tagAlpha),
            textColour: colour.textColour, canvas)
    }

    /// Puts a name and a score with two digits into `text`, such as `face 0.98`.
    private func writeTag(_ detection: Detection) {
        text.removeAll(keepingCapacity: true)
        if names.indices.contains(detection.label) {
            text.append(contentsOf: names[detection.label])
        } else {
            text.append(contentsOf: "class \(detection.label)".utf8)
        }
        // NaN is not above 0.
        let hundredths = detection.score > 0 ? Int((min(detection.score, 1) * 100).rounded()) : 0
        let zero = UInt8(ascii: "0")
        text.append(UInt8(ascii: " "))
        text.append(zero + UInt8(hundredths / 100))
        text.append(UInt8(ascii: "."))
        text.append(zero + UInt8(hundredths / 10 % 10))
        text.append(zero + UInt8(hundredths % 10))
    }

    /// Size of the plate for `text`, which is cut down to what fits into `width`. Nil when not even a letter fits.
    private func plateSize(_ width: Int, _ height: Int) -> (width: Int, height: Int)? {
        let plateHeight = font.capHeight + 2 * padding
        guard plateHeight <= height else { return nil }
        var textWidth = font.width(of: text)
        while textWidth + 2 * padding > width, !text.isEmpty {
            text.removeLast()
            textWidth = font.width(of: text)
        }
        return text.isEmpty ? nil : (textWidth + 2 * padding, plateHeight)
    }

    /// From the plate's edge to the text; descenders reach into it.
    private var padding: Int { max(font.descent + 1, font.capHeight * 2 / 5) }

    /// Above the box, else inside it, below it or at its right edge: the first place that is free. When none is, a
    /// box at least as wide as its tag keeps the first place; a smaller one goes without.
    private func placeTag(_ size: (width: Int, height: Int), _ box: Box, _ canvas: Canvas) -> PixelRectangle? {
        let line = style.lineWidth
        let left = Int((box.left - line / 2).rounded())
        let right = Int((box.right + line / 2).rounded()) - size.width
        let above = Int((box.top - line / 2).rounded()) - size.height
        let inside = Int((box.top + line / 2).rounded())
        let below = Int((box.bottom + line / 2).rounded())
        var first: PixelRectangle?
        for choice in 0..<6 {
            let x = choice % 2 == 0 ? left : right
            let y = choice < 2 ? above : choice < 4 ? inside : below
            guard y >= 0, y + size.height <= canvas.height else { continue }
            let column = max(0, min(x, canvas.width - size.width))
            let place = PixelRectangle(left: column, top: y, right: column + size.width, bottom: y + size.height)
            if !tags.contains(where: { $0.overlaps(place) }) { return place }
            if first == nil { first = place }
        }
        return Int(box.width) >= size.width ? first : nil
    }

    private func drawPlate(
        x: Int, y: Int, _ size: (width: Int, height: Int), fill: Colour, textColour: Colour, _ canvas: Canvas
    ) {
        canvas.fillRectangle(
            left: Float(x), top: Float(y), right: Float(x + size.width), bottom: Float(y + size.height),
            radius: Float(size.height) * 0.22, colour: fill)
        font.draw(text, on: canvas, x: x + padding, baseline: y + size.height - padding, colour: textColour)
    }
}
