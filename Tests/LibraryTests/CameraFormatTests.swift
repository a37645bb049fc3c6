// Frames of a real driver in every format, against a reference conversion and against the driver's own RGB; pictures
// through a loopback device, byte for byte.
import Foundation
import Ocellus
import OcellusFiles
import OcellusImage
import OcellusImport
import OcellusModels
import OcellusTensor
import TestSupport
import Testing

@Suite(.enabled(if: CameraVM.isPossible || CameraVM.isRequired, "QEMU, busybox, cpio or kmod is not installed"))
struct CameraFormatTests {
    static let yuv = ["YUYV", "YVYU", "UYVY", "VYUY", "NV12", "NV21", "NV16", "YU12", "YV12"]
    static let rgb = ["RGB3", "BGR3", "AR24", "XR24", "BGR4", "AB24", "XB24"]

    /// A picture that the library made of a frame in the guest.
    struct Picture {
        let bytes: [UInt8]
        let chroma: [UInt8]
        let format: PixelFormat
        let width: Int
        let height: Int
        let stride: Int
        let chromaStride: Int

        init(_ name: String) throws {
            let run = try CameraVM.run
            let line = try run.line("image out/\(name) ")
            let numbers = line.matches(of: #/\d+/#).map { Int($0.0)! }
            format = try #require(PixelFormat(rawValue: UInt32(numbers[0])))
            (width, height, stride, chromaStride) = (numbers[1], numbers[2], numbers[3], numbers[4])
            bytes = try run.bytes("\(name).image")
            chroma = format == .nv12 ? try run.bytes("\(name).chroma") : []
        }

        func withView<Result>(_ body: (ImageView) throws -> Result) throws -> Result {
            try bytes.withUnsafeBufferPointer { bytes in
                try chroma.withUnsafeBufferPointer { chroma in
                    try body(
                        ImageView(
                            pixels: bytes.baseAddress!, width: width, height: height, stride: stride, format: format,
                            chroma: chroma.baseAddress, chromaStride: chromaStride))
                }
            }
        }

        /// Red, green and blue as a network would get them, 0...255.
        func levels() throws -> [Float] {
            let preprocessing = Preprocessing(
                inputWidth: width, inputHeight: height, channelOrder: .rgb, mean: SIMD3(0, 0, 0), scale: SIMD3(1, 1, 1),
                fit: .stretch)
            var result = [Float](repeating: 0, count: width * height * 3)
            try withView { view in
                _ = try result.withUnsafeMutableBufferPointer {
                    try Preprocessor(preprocessing).run(view, into: $0.baseAddress!)
                }
            }
            return result
        }
    }

    /// Y, U and V of a pixel in the driver's bytes, by the kernel's description of the format.
    private static func sample(_ raw: [UInt8], _ code: String, _ x: Int, _ y: Int, _ stride: Int, _ height: Int)
        -> SIMD3<Double>
    {
        let pair = y * stride + x / 2 * 4, plane = stride * height
        let half = plane + y / 2 * (stride / 2) + x / 2, quarter = plane / 4
        let places: (Int, Int, Int) =
            switch code {
            case "YUYV": (pair + x % 2 * 2, pair + 1, pair + 3)
            case "YVYU": (pair + x % 2 * 2, pair + 3, pair + 1)
            case "UYVY": (pair + 1 + x % 2 * 2, pair, pair + 2)
            case "VYUY": (pair + 1 + x % 2 * 2, pair + 2, pair)
            case "NV12": (y * stride + x, plane + y / 2 * stride + x / 2 * 2, plane + y / 2 * stride + x / 2 * 2 + 1)
            case "NV21": (y * stride + x, plane + y / 2 * stride + x / 2 * 2 + 1, plane + y / 2 * stride + x / 2 * 2)
            case "NV16":
                (y * stride + x, plane + y / 2 * 2 * stride + x / 2 * 2, plane + y / 2 * 2 * stride + x / 2 * 2 + 1)
            case "YU12": (y * stride + x, half, half + quarter)
            default: (y * stride + x, half + quarter, half)
            }
        return SIMD3(Double(raw[places.0]), Double(raw[places.1]), Double(raw[places.2]))
    }

    @Test(
        "a YUV frame of the driver becomes the RGB that BT.601 defines, and looks like the driver's own RGB",
        arguments: yuv)
    func yuvFormats(code: String) throws {
        let run = try CameraVM.run
        let description = try run.line("frame out/\(code) format \(code) ")
        let stride = try #require(description.firstMatch(of: #/stride (\d+)/#).flatMap { Int($0.1) })
        let raw = try run.bytes("\(code)-1.raw")
        let picture = try Picture(code)
        let found = try picture.levels()
        let own = try Picture("RGB3").levels()
        var (largest, difference) = (0.0, 0.0)
        for y in 0..<picture.height {
            for x in 0..<picture.width {
                let yuv = Self.sample(raw, code, x, y, stride, picture.height) - SIMD3(16, 128, 128)
                let reference = SIMD3(
                    yuv.x * 255 / 219 + yuv.z * 1.402 * 255 / 224,
                    yuv.x * 255 / 219 - yuv.y * 0.344136 * 255 / 224 - yuv.z * 0.714136 * 255 / 224,
                    yuv.x * 255 / 219 + yuv.y * 1.772 * 255 / 224)
                let index = (y * picture.width + x) * 3
                for channel in 0..<3 {
                    let expected = min(max(reference[channel], 0), 255)
                    largest = max(largest, abs(Double(found[index + channel]) - expected))
                    difference += abs(Double(found[index + channel] - own[index + channel]))
                }
            }
        }
        #expect(largest < 1.5)
        // Colours are shared by two or four pixels: only edges differ.
        #expect(difference / Double(found.count) < 3)
    }

    @Test("an RGB frame of the driver is read in the right order", arguments: rgb)
    func rgbFormats(code: String) throws {
        let own = try CameraVM.run.bytes("RGB3-1.raw")
        let found = try Picture(code).levels()
        // Bars in eight colours.
        #expect(Set(stride(from: 0, to: own.count, by: 3).map { Array(own[$0..<$0 + 3]) }).count == 8)
        #expect(zip(found, own).allSatisfy { abs($0 - Float($1)) < 0.01 })
    }

    @Test("a grey frame is the luma of the colours, and a format of libv4l is read through it")
    func otherFormats() throws {
        let own = try Picture("RGB3").levels()
        let grey = try Picture("GREY")
        let raw = try CameraVM.run.bytes("GREY-1.raw")
        #expect(grey.format == .grey8 && grey.bytes == raw)
        let foreign = try Picture("RGBP").levels()
        let difference = zip(foreign, own).reduce(0) { $0 + abs($1.0 - $1.1) } / Float(own.count)
        #expect(difference < 8)
    }

    @Test("a camera with the multi-planar interface alone gives the same pictures", arguments: ["NV12", "YUYV"])
    func multiplanar(code: String) throws {
        let own = try Picture("RGB3").levels()
        let found = try Picture("multiplanar-\(code)").levels()
        #expect(zip(found, own).reduce(0) { $0 + abs($1.0 - $1.1) } / Float(own.count) < 3)
    }

    @Test("pictures written into a loopback device come out byte for byte", arguments: ["YUYV", "MJPG"])
    func loopback(format: String) throws {
        let run = try CameraVM.run
        let sources = try (0..<2).map {
            [UInt8](try Data(contentsOf: run.folder.appending(path: "pictures/\($0).\(format)")))
        }
        var seen: Set<Int> = []
        // The first is one that was written before the stream began: the driver gives it with the length of its buffer.
        for index in 1..<8 {
            let source = sources.firstIndex(of: try run.bytes("loopback-\(format)-\(index).raw"))
            seen.insert(try #require(source, "frame \(index) is none of the pictures"))
        }
        #expect(seen == [0, 1])
    }

    @Test(
        "what is found in a captured frame is what is found in the picture it was made of",
        .enabled(if: SharedFolder.path("models/retinaface_mobilenet0.25_300.pth") != nil), arguments: ["YUYV", "MJPG"])
    func detections(format: String) throws {
        let path = try #require(SharedFolder.path("models/retinaface_mobilenet0.25_300.pth"))
        let description = Architecture.retinaFaceMobileNet025.defaultDescription()
        let declared = try description.declare().parameters.map { (name: $0.name, dimensions: $0.dimensions) }
        let weights = try ImportMap(for: ImportSource.read(path: path)).parameters(
            from: ImportSource.read(path: path), declared: declared)
        let detector = try Detector(Model(description, weights.parameters))
        let run = try CameraVM.run
        let last = try run.bytes("loopback-\(format)-7.raw")
        let index = try (0..<2).first {
            [UInt8](try Data(contentsOf: run.folder.appending(path: "pictures/\($0).\(format)"))) == last
        }
        let source = try #require(index)
        let captured = try Picture("loopback-\(format)").withView { Array(try detector.detect($0)) }
        try #require(captured.count >= 1)
        if format == "MJPG" {
            let file = run.folder.appending(path: "pictures/\(source).jpg")
            try Data(last).write(to: file)
            let decoded = Array(try detector.detect(PictureFile.read(path: file.path).view))
            #expect(decoded.map(\.box) == captured.map(\.box) && decoded.map(\.score) == captured.map(\.score))
        }
        let original = Array(try detector.detect(CameraVM.portraits()[source].view))
        #expect(original.count == captured.count)
        let (a, b) = (original[0].box, captured[0].box)
        for (first, second) in [(a.left, b.left), (a.top, b.top), (a.right, b.right), (a.bottom, b.bottom)] {
            #expect(abs(first - second) < 3)
        }
    }
}
