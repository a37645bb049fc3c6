// What befalls a finished canvas: too little light, blur, noise, compression, in the order in which a camera does it.
import CDataKernels
import Glibc
import OcellusFiles
import OcellusImage
import OcellusTensor

enum Degradation {
    /// Returns the canvas, changed in place, or the decoded JPEG of it.
    static func apply(
        _ settings: DegradationSettings, to image: RGBImage, _ random: inout SeededRandom
    ) throws(OcellusError) -> RGBImage {
        var image = image
        if random.option(settings.dimProbability) {
            dim(image, random.logUniform(settings.light))
        }
        if random.chance(settings.blurProbability) {
            blur(image, random.logUniform(settings.blur))
        }
        if random.chance(settings.noiseProbability) {
            let deviation = random.uniform(settings.noise)
            ocd_noise(
                image.pixels.pointer, Int64(image.pixels.count), Int32(max(0, min(128, deviation)) * 256), random.next()
            )
        }
        if random.chance(settings.jpegProbability) {
            let quality = random.uniform(settings.jpegQuality)
            let bytes = try PictureFile.encode(image, .jpeg, quality: Int(max(1, min(100, quality))))
            image = try decoded(bytes)
        }
        return image
    }

    /// Leaves so much of the light: levels are multiplied and rounded, so that dark detail is lost as in a camera.
    private static func dim(_ image: RGBImage, _ light: Float) {
        let levels = (0..<256).map { UInt8(max(0, min(255, (Float($0) * light).rounded()))) }
        let pixels = image.pixels.elements
        for index in pixels.indices { pixels[index] = levels[Int(pixels[index])] }
    }

    /// A blur of standard deviation `deviation` pixels: passes of three taps, whose variances of up to 0.6 add up.
    private static func blur(_ image: RGBImage, _ deviation: Float) {
        let variance = max(0, min(25, deviation * deviation))
        let passes = max(1, Int((variance / 0.6).rounded(.up)))
        let side = Int32((variance / Float(passes) / 2 * 256).rounded())
        var scratch = [UInt8](repeating: 0, count: image.width * 6)
        for _ in 0..<passes {
            ocd_blur(image.pixels.pointer, Int32(image.width), Int32(image.height), side, &scratch)
        }
    }

    private static func decoded(_ bytes: [UInt8]) throws(OcellusError) -> RGBImage {
        let result = bytes.withUnsafeBufferPointer { content -> Result<RGBImage, OcellusError> in
            do throws(OcellusError) {
                return .success(try PictureFile.decode(bytes: content, name: "augmented picture"))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
