// Small datasets that a test writes for itself.
import Foundation
import OcellusDetection
import OcellusFiles
import OcellusImage
import OcellusTensor

@testable import OcellusData

/// A folder of pictures and labels that goes with its owner.
final class DataFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "ocellus-data-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        let url = URL(fileURLWithPath: path + "/" + name)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
    }

    /// A smooth JPEG.
    func picture(_ name: String, width: Int = 64, height: Int = 48) throws {
        try write(name, try PictureFile.encode(try gradient(width, height), .jpeg))
    }

    /// A VOC annotation of objects (class, xmin, ymin, xmax, ymax as text).
    func annotation(
        _ stem: String, width: Int = 64, height: Int = 48, _ objects: [(name: String, corners: [String])]
    ) throws {
        let corners = ["xmin", "ymin", "xmax", "ymax"]
        let texts = objects.map { object in
            let box = zip(corners, object.corners).map { "<\($0)>\($1)</\($0)>" }.joined()
            return "<object><name>\(object.name)</name><difficult>0</difficult><bndbox>\(box)</bndbox></object>"
        }
        try write(
            "Annotations/\(stem).xml",
            "<annotation><filename>\(stem).jpg</filename><size><width>\(width)</width><height>\(height)</height>"
                + "<depth>3</depth></size>\(texts.joined())</annotation>")
    }
}

/// Red grows to the right, green downwards.
func gradient(_ width: Int, _ height: Int) throws -> RGBImage {
    let image = try RGBImage(width: width, height: height)
    for y in 0..<height {
        for x in 0..<width {
            let pixel = image.pixels.pointer + (y * width + x) * 3
            pixel[0] = UInt8(x * 255 / width)
            pixel[1] = UInt8(y * 255 / height)
            pixel[2] = 60
        }
    }
    return image
}

extension Dataset {
    /// Kind and box of every fault, for comparison.
    var faultKinds: [String] { faults.map { "\($0.kind.rawValue)\($0.box.map { " \($0)" } ?? "")" }.sorted() }
}
