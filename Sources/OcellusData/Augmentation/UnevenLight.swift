// Shadows and glaring light over a finished canvas: of trees, brims and buildings, of lamps and the sun.
import OcellusDetection
import OcellusImage
import OcellusTensor

enum UnevenLight {
    static func apply(
        _ settings: LightSettings, to image: RGBImage, _ objects: [CanvasPainter.PlacedObject],
        _ random: inout SeededRandom
    ) {
        guard random.option(settings.probability) else { return }
        for _ in 0..<random.integer(settings.count) {
            var patch = place(settings, image, objects, &random)
            let gain =
                random.chance(settings.glareShare)
                ? random.logUniform(settings.glare)
                : random.logUniform(settings.shadow)
            for channel in 0..<3 { patch.gain[channel] = gain * random.uniform(0.9, 1.1) }
            let smaller = min(patch.halfWidth, patch.halfHeight)
            patch.edge = random.logUniform(0.5, max(0.5, smaller / 2))
            patch.draw(on: image)
        }
    }

    /// Over an object, about as large as it is, or anywhere up to the whole canvas.
    private static func place(
        _ settings: LightSettings, _ image: RGBImage, _ objects: [CanvasPainter.PlacedObject],
        _ random: inout SeededRandom
    ) -> SoftPatch {
        let (width, height) = (Float(image.width), Float(image.height))
        var (around, side) = (Box(left: 0, top: 0, right: width, bottom: height), settings.anywhereSide)
        if random.chance(settings.objectShare), !objects.isEmpty {
            (around, side) = (objects[random.index(objects.count)].truth.box, settings.objectSide)
        }
        let x = random.uniform(around.left, around.right)
        let y = random.uniform(around.top, around.bottom)
        return SoftPatch(
            centre: Point(x: x, y: y),
            halfWidth: around.width / 2 * random.logUniform(side),
            halfHeight: around.height / 2 * random.logUniform(side),
            angle: random.uniform(0, .pi))
    }
}
