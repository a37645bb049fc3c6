// Detections drawn into a picture, for people: boxes, tags, landmarks. What stands in a tag and where it finds room is
// in Annotator+Tags.swift.
import OcellusDetection
import OcellusTensor

/// Draws detections and a status line. Made once for a picture size; drawing does not allocate once its lists have
/// grown to the usual number of detections.
///
/// Not synchronised: one thread draws at a time.
public final class Annotator {
    public let style: AnnotationStyle
    let font: StrokeFont
    /// UTF-8 of the class names, by label.
    let names: [[UInt8]]
    /// Tags already placed in the picture at hand.
    var tags: [PixelRectangle] = []
    var text: [UInt8] = []

    /// For pictures of about `width` by `height` pixels. `names[label]` is the name of a class, so `names[0]` is the
    /// background; labels without a name are written as a number.
    ///
    /// Throws `.outOfMemory`.
    public convenience init(width: Int, height: Int, names: [String]) throws(OcellusError) {
        try self.init(style: AnnotationStyle(width: width, height: height), names: names)
    }

    /// With sizes of the caller's choice.
    ///
    /// Throws `.outOfMemory`.
    public init(style: AnnotationStyle, names: [String]) throws(OcellusError) {
        self.style = style.limited
        font = try StrokeFont(capHeight: style.textHeight)
        self.names = names.map { Array($0.utf8) }
        tags.reserveCapacity(64)
        text.reserveCapacity(128)
    }

    /// Draws `detections`, best first, in source pixels: all boxes, then all landmarks, then all tags, so that no
    /// box hides a tag. A box that is not finite, inverted or outside the picture is left out with its tag.
    public func draw(_ detections: [Detection], on canvas: Canvas) {
        for detection in detections.reversed() {
            if let box = visible(detection.box, canvas) { drawBox(box, detection.label, canvas) }
        }
        for detection in detections.reversed() where detection.hasLandmarks {
            if visible(detection.box, canvas) != nil { drawLandmarks(detection, canvas) }
        }
        tags.removeAll(keepingCapacity: true)
        for detection in detections {
            if let box = visible(detection.box, canvas) { drawTag(detection, box, canvas) }
        }
    }

    /// The part of the box inside the picture, as far from the border as keeps the whole line visible.
    private func visible(_ box: Box, _ canvas: Canvas) -> Box? {
        guard Coverage.isDrawable(box.left, box.top, box.right, box.bottom) else { return nil }
        let (width, height) = (Float(canvas.width), Float(canvas.height))
        guard box.left < box.right, box.top < box.bottom, box.left < width, box.top < height, box.right > 0,
            box.bottom > 0
        else { return nil }
        let inset = min(style.lineWidth / 2, width / 4, height / 4)
        return Box(
            left: min(max(box.left, inset), width - 2 * inset), top: min(max(box.top, inset), height - 2 * inset),
            right: max(min(box.right, width - inset), 2 * inset),
            bottom: max(min(box.bottom, height - inset), 2 * inset))
    }

    private func drawBox(_ box: Box, _ label: Int, _ canvas: Canvas) {
        let shorter = min(box.width, box.height)
        // A small face under a thick frame would not be seen.
        let line = max(min(style.lineWidth, shorter * 0.07), 1.2)
        let halo = max(1, line * 0.45)
        let radius = min(line * 3.2, shorter * 0.22)
        canvas.strokeRectangle(
            left: box.left, top: box.top, right: box.right, bottom: box.bottom, radius: radius,
            lineWidth: line + 2 * halo, colour: .ink.withAlpha(120))
        canvas.strokeRectangle(
            left: box.left, top: box.top, right: box.right, bottom: box.bottom, radius: radius, lineWidth: line,
            colour: Palette.colour(label: label))
    }

    private func drawLandmarks(_ detection: Detection, _ canvas: Canvas) {
        let radius = max(min(style.landmarkRadius, detection.box.width * 0.034), 0.9)
        for index in 0..<Landmarks.count {
            let point = detection.landmarks[index]
            canvas.circle(
                x: point.x, y: point.y, radius: radius, fill: Palette.landmarks[index],
                outline: .ink.withAlpha(170), outlineWidth: max(0.7, radius * 0.32))
        }
    }
}
