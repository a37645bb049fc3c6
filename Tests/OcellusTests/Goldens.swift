// Head rows that PyTorch computed in double precision (Tests/References), and the models they belong to.
import Foundation
import OcellusFiles
import OcellusImage
import OcellusImport
import OcellusModels
import OcellusNetwork
import OcellusTensor
import TestSupport

enum Golden {
    static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Goldens")

    static func path(_ name: String) -> String { folder.appending(path: name).path }

    /// The published RetinaFace with its batch normalisation.
    static func retinaFace() throws -> Model {
        try model("retinaface_mobilenet0.25_300.pth", .retinaFaceMobileNet025, width: 1, folded: false)
    }

    /// The published TensorFlow SSD, dequantised; its file has batch normalisation folded, and a smaller width than its
    /// name says.
    static func tensorFlowSSD() throws -> Model {
        try model("coco_ssd_mobilenet_v1_1.0_quant.tflite", .mobileNetSSDTensorFlow, width: 0.75, folded: true)
    }

    private static func model(_ name: String, _ architecture: Architecture, width: Float, folded: Bool) throws -> Model
    {
        guard let path = SharedFolder.path("models/\(name)") else {
            throw OcellusError(.io, "\(name) is not in the shared folder")
        }
        var description = architecture.defaultDescription()
        description.width = width
        description.isFolded = folded
        let source = try ImportSource.read(path: path)
        let declared = try description.declare().parameters.map { (name: $0.name, dimensions: $0.dimensions) }
        return try Model(description, ImportMap(for: source).parameters(from: source, declared: declared).parameters)
    }

    /// (7h + 13w + 29c + (h * w mod 31)) mod 256, [300, 300, 3].
    static func formulaPixels() -> [Float] {
        var pixels: [Float] = []
        pixels.reserveCapacity(300 * 300 * 3)
        for h in 0..<300 {
            for w in 0..<300 {
                for c in 0..<3 { pixels.append(Float((7 * h + 13 * w + 29 * c + h * w % 31) % 256)) }
            }
        }
        return pixels
    }

    /// The portrait as the network sees it, in BGR.
    static func portraitPixels() throws -> [Float] {
        let image = try PictureFile.read(path: path("retinaface_input_portrait.png"))
        return withExtendedLifetime(image) {
            (0..<image.pixels.count).map { Float(image.pixels.pointer[$0 / 3 * 3 + 2 - $0 % 3]) }
        }
    }

    /// BGR minus the mean.
    static func retinaFaceInput(_ pixels: [Float]) -> [Float] {
        let mean: [Float] = [104, 117, 123]
        return pixels.enumerated().map { $1 - mean[$0 % 3] }
    }

    /// A golden's tensor and its sizes.
    static func rows(_ file: String, _ tensor: Name) throws -> (values: [Float], columns: Int) {
        let parameter = try ModelFile(path: path(file)).floats(of: tensor)
        return (withExtendedLifetime(parameter) { Array(parameter.values.elements) }, parameter.dimensions[1])
    }
}
