// Dark glasses and caps on faces whose points are known. They are drawn when everything else is in its place; boxes and
// points stay what they are.
import Glibc
import OcellusDetection
import OcellusImage
import OcellusTensor

enum Disguise {
    static func apply(
        _ settings: DisguiseSettings, to image: RGBImage, _ objects: [CanvasPainter.PlacedObject],
        _ random: inout SeededRandom
    ) {
        for object in objects {
            guard let face = Face(object.truth), random.option(settings.share) else { continue }
            let kind = random.index(3)
            if kind != 0 { cap(on: face, image, &random) }
            if kind != 1 { glasses(on: face, image, &random) }
        }
    }

    /// Where the eyes are and which way is up, in pixels of the canvas.
    private struct Face {
        var eyes: (Point, Point)
        var between: Float
        var angle: Float
        /// Unit vector from the mouth to the eyes, across the line of the eyes.
        var up: Point

        /// Nil where points are unknown or the eyes so close together that the head is seen from the side.
        init?(_ truth: GroundTruth) {
            guard let points = truth.landmarks else { return nil }
            eyes = (points.leftEye, points.rightEye)
            let along = Point(x: eyes.1.x - eyes.0.x, y: eyes.1.y - eyes.0.y)
            between = (along.x * along.x + along.y * along.y).squareRoot()
            guard between > 0.25 * truth.box.width, between > 2 else { return nil }
            angle = atan2(along.y, along.x)
            up = Point(x: along.y / between, y: -along.x / between)
        }

        /// A point above the middle of the eyes, in distances of the eyes.
        func above(_ distance: Float) -> Point {
            Point(
                x: (eyes.0.x + eyes.1.x) / 2 + up.x * distance * between,
                y: (eyes.0.y + eyes.1.y) / 2 + up.y * distance * between)
        }
    }

    private static func glasses(on face: Face, _ image: RGBImage, _ random: inout SeededRandom) {
        var lens = SoftPatch(
            centre: face.eyes.0, halfWidth: face.between * random.uniform(0.32, 0.48),
            halfHeight: face.between * random.uniform(0.2, 0.36), angle: face.angle)
        // Mostly black, some let through a little.
        let (seen, tint) = (max(0, random.uniform(-0.2, 0.3)), random.uniform(0, 60))
        for channel in 0..<3 {
            (lens.gain[channel], lens.shift[channel]) = (seen, tint * random.uniform(0.7, 1.3))
        }
        var bridge = lens
        bridge.centre = face.above(random.uniform(0, 0.12))
        bridge.halfWidth = face.between * 0.25
        bridge.halfHeight = face.between * random.uniform(0.03, 0.08)
        bridge.draw(on: image)
        lens.draw(on: image)
        lens.centre = face.eyes.1
        lens.draw(on: image)
    }

    /// A cap, a hood's edge or a helmet's: all of the head from somewhere between eyes and hair, and the shadow below it.
    private static func cap(on face: Face, _ image: RGBImage, _ random: inout SeededRandom) {
        let edge = random.uniform(0.2, 0.7)
        let depth = random.uniform(0.1, 0.5)
        var shadow = SoftPatch(
            centre: face.above(edge - depth + 0.1), halfWidth: face.between * 1.1, halfHeight: face.between * depth,
            angle: face.angle, edge: face.between * 0.1)
        let darkness = random.logUniform(0.3, 1)
        shadow.gain = SIMD3(repeating: darkness)
        shadow.draw(on: image)
        let half = random.uniform(0.45, 0.8)
        var cap = SoftPatch(
            centre: face.above(edge + half), halfWidth: face.between * random.uniform(1, 1.4),
            halfHeight: face.between * half, angle: face.angle + random.normal() * 0.06)
        let colour = SampleSource.anyColour(&random)
        let texture = random.uniform(0, 0.3)
        cap.gain = SIMD3(repeating: texture)
        cap.shift = SIMD3<Float>(colour) * (1 - texture)
        cap.draw(on: image)
    }
}
