// One picture into one part of the canvas, at a given scale: where it lies, how it is turned, which reduction is read.
import CDataKernels
import OcellusDetection
import OcellusFiles
import OcellusTensor

extension SampleSource {
    /// How large a picture becomes and what of it must be seen.
    struct Aim {
        var scaleX: Float
        var scaleY: Float
        /// In pixels of the picture; kept inside the part where there is room.
        var focus: Box?
    }

    /// Draws `picture` into `part` and notes its objects.
    func place(
        _ picture: LabelledPicture, size: PixelSize, aim: Aim, into part: CanvasPart, on painter: inout CanvasPainter,
        _ random: inout SeededRandom
    ) throws(OcellusError) {
        let isFlipped = random.chance(augmentation.flipProbability)
        let angle =
            random.chance(augmentation.turnProbability) ? random.normal() * augmentation.turnDegrees * .pi / 180 : 0
        let whole = Box(left: 0, top: 0, right: Float(size.width), bottom: Float(size.height))
        let focus = (aim.focus ?? whole).clipped(toWidth: whole.right, height: whole.bottom)
        // The focus as it lies in the mirrored picture, along x.
        let (low, high) = isFlipped ? (whole.right - focus.right, whole.right - focus.left) : (focus.left, focus.right)
        let x = SampleSource.offset(
            length: whole.width * aim.scaleX, room: Float(part.width), focus: low * aim.scaleX...high * aim.scaleX,
            random.uniform())
        let y = SampleSource.offset(
            length: whole.height * aim.scaleY, room: Float(part.height),
            focus: focus.top * aim.scaleY...max(focus.top, focus.bottom) * aim.scaleY, random.uniform())
        let target = Point(
            x: Float(part.left) + x + (low + high) / 2 * aim.scaleX, y: Float(part.top) + y + focus.centreY * aim.scaleY
        )
        let map = AffineMap(
            centre: Point(x: focus.centreX, y: focus.centreY), target: target, scaleX: aim.scaleX, scaleY: aim.scaleY,
            isFlipped: isFlipped, angle: angle)
        try paint(picture, size, map, into: part, on: painter, &random)
        painter.add(picture.truths.inside(size), map: map, isFlipped: isFlipped, window: part.box)
        if picture.isChosenEmpty { painter.markEmpty(part) }
    }

    /// Draws the pixels alone.
    func paint(
        _ picture: LabelledPicture, _ size: PixelSize, _ map: AffineMap, into part: CanvasPart,
        on painter: CanvasPainter, _ random: inout SeededRandom
    ) throws(OcellusError) {
        let colour = ColourChange(augmentation.colour, &random)
        let sampling = ocd_sampling(UInt32(random.index(weights: augmentation.samplingWeights)))
        for canvas in painter.canvases {
            // What remains after halving shrinks by less than two: no detail falls between the samples.
            let stretch = map.stretch * canvas.scale
            var halvings = 0
            while halvings < PictureStore.mostHalvings, stretch * Float(2 << halvings) <= 1 { halvings += 1 }
            let pixels = try store.picture(picture, halvings: halvings)
            canvas.draw(pixels.image, fullSize: size, map: map, into: part, sampling: sampling, colour: colour)
        }
    }

    /// Where a picture of `length` begins in `room` (both in canvas pixels), by a `place` of 0..<1: somewhere that leaves
    /// no gap, or inside when it is smaller, with all of `focus` inside when that is possible.
    static func offset(length: Float, room: Float, focus: ClosedRange<Float>, _ place: Float) -> Float {
        let (low, high) = (min(0, room - length), max(0, room - length))
        let (first, last) = (max(low, -focus.lowerBound), min(high, room - focus.upperBound))
        guard first <= last else { return min(max(low, (room - focus.lowerBound - focus.upperBound) / 2), high) }
        return first + (last - first) * place
    }
}
