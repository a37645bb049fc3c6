// A rounded rectangle with a soft edge, at any angle, in which levels change: what shadows and dark glasses are made of.
import CDataKernels
import OcellusDetection
import OcellusImage
import OcellusTensor

struct SoftPatch {
    var centre: Point
    /// In pixels, along the patch's own axes.
    var halfWidth: Float
    var halfHeight: Float
    /// Of its x axis, in radians, clockwise as seen.
    var angle: Float = 0
    /// Over so many pixels inside its border the change grows to all of it.
    var edge: Float = 1
    /// Inside, level becomes gain * level + shift; red, green, blue.
    var gain = SIMD3<Float>(1, 1, 1)
    var shift = SIMD3<Float>(0, 0, 0)

    func draw(on image: RGBImage) {
        let (halfWidth, halfHeight) = (max(halfWidth, 0.5), max(halfHeight, 0.5))
        // From the square of -1 to 1 to the canvas.
        let map = AffineMap(
            centre: Point(x: 0, y: 0), target: centre, scaleX: halfWidth, scaleY: halfHeight, angle: angle)
        let box = Box(
            centreX: centre.x, centreY: centre.y, width: 2 * (abs(map.a) + abs(map.b) + 1),
            height: 2 * (abs(map.d) + abs(map.e) + 1))
        guard [box.left, box.top, box.right, box.bottom].allSatisfy({ abs($0) < 1e6 }) else { return }
        let part = CanvasPart(box.clipped(toWidth: Float(image.width), height: Float(image.height)))
        guard part.width > 0, part.height > 0, let matrix = map.inverse(scaleX: 1, scaleY: 1) else { return }
        // At the border 1 - u^4 falls by 4 a half side.
        let sharpness = max(1, min(halfWidth, halfHeight) / (4 * max(edge, 0.25)))
        ocd_patch(
            image.pixels.pointer, Int32(image.width), part.kernelPart, matrix, sharpness, [gain.x, gain.y, gain.z],
            [shift.x, shift.y, shift.z])
    }
}
