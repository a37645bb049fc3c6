// Against OpenCV, whose numbers Tests/References/image_goldens.py wrote.
import Foundation
import Testing

@testable import OcellusImage

/// One golden: a picture of RGB levels.
struct Golden {
    let name: String
    let width: Int
    let height: Int
    let values: [Double]

    static func all() throws -> [Golden] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/image_goldens.txt")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").dropFirst()
        let pairs = Array(lines)
        return stride(from: 0, to: pairs.count, by: 2).map { i in
            let head = pairs[i].split(separator: " ")
            return Golden(
                name: String(head[0]), width: Int(head[1]) ?? 0, height: Int(head[2]) ?? 0,
                values: pairs[i + 1].split(separator: " ").compactMap { Double($0) })
        }
    }
}

@Suite("OpenCV goldens")
struct GoldenTests {
    @Test("bilinear and area resizing are OpenCV's within its rounding", arguments: ["linear", "area"])
    func resizing(name: String) throws {
        let goldens = try Golden.all().filter { $0.name == name }
        #expect(goldens.count >= 4)
        let image = try formulaImage(50, 37)
        for golden in goldens {
            let (values, _) = try preprocess(image.view, levels(golden.width, golden.height))
            #expect(largestDifference(values, golden.values) < 1.01, "\(golden.width)x\(golden.height)")
        }
    }

    @Test("YUYV and NV12 are OpenCV's BT.601 within one level")
    func colour() throws {
        let goldens = try Golden.all()
        let yuyv = try #require(goldens.first { $0.name == "yuyv" })
        try formulaPlane(64, 32).withUnsafeBufferPointer { bytes in
            let view = try ImageView(pixels: #require(bytes.baseAddress), width: 32, height: 32, format: .yuyv)
            #expect(try largestDifference(preprocess(view, levels(32, 32)).values, yuyv.values) <= 1)
        }
        let nv12 = try #require(goldens.first { $0.name == "nv12" })
        try formulaPlane(64, 48).withUnsafeBufferPointer { bytes in
            let view = try ImageView(pixels: #require(bytes.baseAddress), width: 64, height: 32, format: .nv12)
            #expect(try largestDifference(preprocess(view, levels(64, 32)).values, nv12.values) <= 1)
        }
    }
}
