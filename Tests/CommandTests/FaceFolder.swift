// The least that training on faces needs: one picture to learn from and one to measure on.
import Foundation

extension TemporaryFolder {
    /// Writes `faces`: the portrait of the goldens twice, its face with points in RetinaFace's lists `train` and `val`.
    ///
    /// - Parameter pointScore: 1 where people set the points, less where a machine did.
    func writeFaces(pointScore: Double = 1) throws {
        try makeFolder("faces/images")
        let portrait = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Goldens/retinaface_input_portrait.png")
        let picture = try [UInt8](Data(contentsOf: portrait))
        let face =
            "87.5 55.7 90.6 109.8 110.8 95.2 0 154.7 92.3 0 132.9 118.1 0 116.4 136.4 0 155.5 133.8 0 \(pointScore)"
        for (name, split) in [("a", "train"), ("b", "val")] {
            try write("faces/images/\(name).png", picture)
            try write("faces/label_\(split).txt", Array("# \(name).png\n\(face)\n".utf8))
        }
    }
}
