// A model whose answer can be computed by hand: every weight is 0, so that only the heads' biases and the anchors
// count, and no rounding of a kernel reaches the digits that are printed.
import Foundation
import OcellusDetection
import OcellusFiles
import OcellusImage
import OcellusModels
import OcellusNetwork
import OcellusTensor

enum FixedModel {
    /// RetinaFace that sees a face in every anchor of the coarsest level (10x10 cells of 32 pixels, first anchor
    /// of 128 pixels): logits 0 and `log(p / (1 - p))` give the score p = 0.75; everywhere else it is 2⁻²⁰ or so.
    ///
    /// - Parameter spoil: changes the numbers of a parameter before it is written.
    static func write(to path: String, spoil: ((String, UnsafeMutableBufferPointer<Float>) -> Void)? = nil) throws {
        var description = Architecture.retinaFaceMobileNet025.defaultDescription()
        description.isFolded = true
        description.provenance = [("source", "a test"), ("license", "none")]
        var parameters = Parameters()
        for declaration in try description.declare().parameters {
            let values = try Buffer<Float>(count: declaration.count)
            let name = declaration.name.description
            switch name {
            case "ClassHead.0.conv1x1.bias", "ClassHead.1.conv1x1.bias": fill(values, [14, 0, 14, 0])
            case "ClassHead.2.conv1x1.bias": fill(values, [0, Float(log(3.0)), 14, 0])
            case "BboxHead.2.conv1x1.bias": fill(values, [0, 0, -5, -5, 0, 0, 0, 0])
            case "LandmarkHead.2.conv1x1.bias": fill(values, [-1, -1, 1, -1, 0, 0, -1, 1, 1, 1])
            default: break
            }
            spoil?(name, values.elements)
            parameters[declaration.name] = try Parameter(dimensions: declaration.dimensions, values: values)
        }
        try Model(description, parameters).write(to: path)
    }

    private static func fill(_ values: Buffer<Float>, _ numbers: [Float]) {
        for (index, number) in numbers.enumerated() where index < values.count { values.pointer[index] = number }
    }

    /// A picture with a gradient.
    static func picture(width: Int = 300, height: Int = 300) throws -> RGBImage {
        let image = try RGBImage(width: width, height: height)
        for index in 0..<width * height * 3 { image.pixels.pointer[index] = UInt8(index / 3 % width * 255 / width) }
        return image
    }
}
