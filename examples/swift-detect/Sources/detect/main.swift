// Finds faces or objects in a picture and prints one line for each: the Swift counterpart of detect.c.
//   swift run detect face.safetensors picture.ppm
import Foundation
import Ocellus
import OcellusImage

guard CommandLine.arguments.count == 3 else {
    FileHandle.standardError.write(Data("usage: detect MODEL PICTURE.ppm\n".utf8))
    exit(2)
}
guard let picture = PPM(path: CommandLine.arguments[2]) else {
    FileHandle.standardError.write(Data("detect: expected a binary PPM (P6) picture with 255 levels\n".utf8))
    exit(1)
}
do {
    let detector = try Detector(path: CommandLine.arguments[1], options: Detector.Options())
    try picture.pixels.withUnsafeBufferPointer { pixels in
        guard let base = pixels.baseAddress else { return }
        let image = try ImageView(pixels: base, width: picture.width, height: picture.height, format: .rgb8)
        let found = try detector.detect(image)
        if found.isEmpty { print("nothing found") }
        for (index, one) in found.enumerated() {
            let box = String(
                format: "%.0f,%.0f %.0fx%.0f score %.2f", one.box.left, one.box.top, one.box.width, one.box.height,
                one.score)
            let eyes = [one.landmarks.leftEye, one.landmarks.rightEye].map { String(format: "%.0f,%.0f", $0.x, $0.y) }
            print(
                "\(index + 1) \(detector.description.label(one.label)) at \(box)"
                    + (one.hasLandmarks ? ", eyes at \(eyes[0]) and \(eyes[1])" : ""))
        }
    }
} catch {
    FileHandle.standardError.write(Data("detect: \(error)\n".utf8))
    exit(1)
}
