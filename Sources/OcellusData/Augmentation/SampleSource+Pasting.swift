// Rectangles without an object, pasted over a canvas: a detector must not learn that an edge with a plain ground around
// it means an object, as posters, white sheets and shirts then would.
import OcellusDetection
import OcellusDrawing
import OcellusTensor

extension SampleSource {
    func paste(
        _ settings: CompositionSettings, on painter: inout CanvasPainter, _ random: inout SeededRandom
    ) throws(OcellusError) {
        for _ in 0..<random.integer(settings.pastedCount) {
            guard let part = freePart(settings, painter, &random) else { continue }
            let kind = random.index(3)
            if kind == 0, let index = pools.emptyPicture(&random) {
                try pastePicture(index, into: part, on: painter, &random)
                if pictures[index].isChosenEmpty { painter.markEmpty(part) }
            } else {
                painter.fill(part, SampleSource.anyColour(&random))
                if kind == 2 { try letter(part, on: painter, &random) }
                painter.markEmpty(part)
            }
            painter.cover(part)
        }
    }

    /// A rectangle that hides no object too much; nil when eight draws found none.
    private func freePart(
        _ settings: CompositionSettings, _ painter: CanvasPainter, _ random: inout SeededRandom
    ) -> CanvasPart? {
        for _ in 0..<8 {
            let part = drawnPart(settings, painter, &random)
            if part.width > 0, part.height > 0, painter.allows(part, mostHidden: settings.mostHidden) { return part }
        }
        return nil
    }

    /// Anywhere, or over some edge of one of the objects.
    private func drawnPart(
        _ settings: CompositionSettings, _ painter: CanvasPainter, _ random: inout SeededRandom
    ) -> CanvasPart {
        if random.option(settings.hidingShare), !painter.objects.isEmpty {
            let box = painter.objects[random.index(painter.objects.count)].truth.box
            let side = settings.hidingSide
            let (width, height) = (box.width * random.logUniform(side), box.height * random.logUniform(side))
            let x = random.uniform(box.left - width / 2, box.right + width / 2)
            let y = random.uniform(box.top - height / 2, box.bottom + height / 2)
            return CanvasPart(
                Box(centreX: x, centreY: y, width: width, height: height)
                    .clipped(toWidth: Float(inputWidth), height: Float(inputHeight)))
        }
        let side = settings.pastedSide
        let width = min(inputWidth, Int(random.logUniform(side)))
        let height = min(inputHeight, Int(random.logUniform(side)))
        let (left, top) = (random.index(inputWidth - width + 1), random.index(inputHeight - height + 1))
        return CanvasPart(left: left, top: top, right: left + width, bottom: top + height)
    }

    /// A part of a picture without objects, at about its own size or smaller.
    private func pastePicture(
        _ index: Int, into part: CanvasPart, on painter: CanvasPainter, _ random: inout SeededRandom
    ) throws(OcellusError) {
        let picture = pictures[index]
        let size = try store.size(picture)
        let covering = max(Float(part.width) / Float(size.width), Float(part.height) / Float(size.height))
        let scale = random.logUniform(covering, max(covering, 1))
        let (roomX, roomY) = (Float(size.width) * scale, Float(size.height) * scale)
        let map = AffineMap(
            centre: Point(x: 0, y: 0),
            target: Point(
                x: Float(part.left) - random.uniform(0, max(0, roomX - Float(part.width))),
                y: Float(part.top) - random.uniform(0, max(0, roomY - Float(part.height)))),
            scaleX: scale, scaleY: scale)
        try paint(picture, size, map, into: part, on: painter, &random)
    }

    /// A few characters of a random colour and size.
    private func letter(
        _ part: CanvasPart, on painter: CanvasPainter, _ random: inout SeededRandom
    ) throws(OcellusError) {
        let share = random.uniform(0.2, 0.8)
        let levels = SampleSource.anyColour(&random)
        var text: [UInt8] = []
        for _ in 0...random.index(7) {
            text.append(UInt8(33 + random.index(94)))
        }
        let (column, row) = (random.uniform(), random.uniform())
        for painted in painter.canvases {
            // Only the rectangle is drawn on: letters end at its edge like print on a sheet that was cut.
            let canvas = try painted.canvas(part)
            let height = max(6 * painted.scale, Float(canvas.height) * share)
            let font = try StrokeFont(capHeight: height, for: text)
            font.draw(
                text, on: canvas, x: Int(column * Float(canvas.width) / 3),
                baseline: font.capHeight + Int(row * Float(max(0, canvas.height - font.capHeight))),
                colour: Colour(levels.x, levels.y, levels.z))
        }
    }
}
