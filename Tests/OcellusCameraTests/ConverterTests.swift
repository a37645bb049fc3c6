// Frames of every format that is read without other libraries, pixel by pixel against the formats' definitions; and
// Motion JPEG whole, cut off and smaller.
import CCamera
import Foundation
import OcellusFiles
import OcellusImage
import OcellusTensor
import TestSupport
import Testing

@testable import OcellusCamera

@Suite struct ConverterTests {
    /// Where Y, U and V of a pixel stand in a frame with rows of `stride` bytes: the kernel's documentation.
    private static func places(
        _ code: String, _ x: Int, _ y: Int, _ stride: Int, _ height: Int
    ) -> (y: Int, u: Int, v: Int) {
        let pair = y * stride + x / 2 * 4, odd = x % 2, plane = stride * height, rows = (height + 1) / 2
        switch code {
        case "YUYV": return (pair + odd * 2, pair + 1, pair + 3)
        case "YVYU": return (pair + odd * 2, pair + 3, pair + 1)
        case "UYVY": return (pair + 1 + odd * 2, pair, pair + 2)
        case "VYUY": return (pair + 1 + odd * 2, pair + 2, pair)
        case "NV12": return (y * stride + x, plane + y / 2 * stride + x / 2 * 2, plane + y / 2 * stride + x / 2 * 2 + 1)
        case "NV21": return (y * stride + x, plane + y / 2 * stride + x / 2 * 2 + 1, plane + y / 2 * stride + x / 2 * 2)
        // Of NV16's colour rows every second one is left out.
        case "NV16":
            let chroma = plane + y / 2 * 2 * stride + x / 2 * 2
            return (y * stride + x, chroma, chroma + 1)
        case "YU12", "YV12":
            let first = plane + y / 2 * (stride / 2) + x / 2, second = first + stride / 2 * rows
            return code == "YU12" ? (y * stride + x, first, second) : (y * stride + x, second, first)
        default: return (0, 0, 0)
        }
    }

    /// Y, U, V of a pixel of a picture that the library reads.
    private static func pixel(_ view: ImageView, _ x: Int, _ y: Int) -> [UInt8] {
        let row = view.pixels + y * view.stride
        guard view.format == .nv12 else {
            return [row[x * 2], row[x / 2 * 4 + 1], row[x / 2 * 4 + 3]]
        }
        let chroma = view.chroma! + y / 2 * view.chromaStride + x / 2 * 2
        return [row[x], chroma[0], chroma[1]]
    }

    @Test(
        "YUV frames become the pictures that their formats define, with and without room between the rows",
        arguments: ["YUYV", "YVYU", "UYVY", "VYUY", "NV12", "NV21", "NV16", "YU12", "YV12"], [0, 12])
    func layouts(code: String, room: Int) throws {
        for (isFullRange, height) in [(false, 6), (true, 6), (false, 7)] {
            let rowBytes = code.first == "N" || code.hasSuffix("12") ? 10 : 20
            let stride = rowBytes + room
            let format = FrameFormat(
                code: try #require(FourCC(code)), width: 10, height: height, bytesPerLine: room == 0 ? 0 : stride,
                isFullRange: isFullRange)
            let converter = try FrameConverter(format)
            var random = SeededGenerator(seed: 7)
            let bytes = (0..<(try #require(converter.frameBytes))).map { _ in UInt8.random(in: 0...255, using: &random)
            }
            try bytes.withUnsafeBytes { bytes in
                let view = try converter.image(bytes)
                #expect(view.width == 10 && view.height == height)
                for y in 0..<height {
                    for x in 0..<10 {
                        let place = Self.places(code, x, y, stride, height)
                        var expected = [bytes[place.y], bytes[place.u], bytes[place.v]]
                        if isFullRange {
                            let luma = 16 + Double(expected[0]) * 219 / 255
                            let colour = expected[1...].map { 128 + (Double($0) - 128) * 224 / 255 }
                            expected = ([luma] + colour).map { UInt8($0.rounded()) }
                        }
                        #expect(Self.pixel(view, x, y) == expected, "\(code) \(x),\(y) full range \(isFullRange)")
                    }
                }
                // One byte less is no frame.
                let shorter = UnsafeRawBufferPointer(rebasing: bytes.dropLast())
                #expect((try? converter.image(shorter)) == nil)
            }
        }
    }

    @Test("formats in which the library reads pixels as they lie are handed out without a copy")
    func withoutCopy() throws {
        for code in ["YUYV", "NV12", "NV16", "GREY", "RGB3", "BGR3", "AR24", "XR24", "BGR4", "AB24", "XB24"] {
            let converter = try FrameConverter(FrameFormat(code: try #require(FourCC(code)), width: 8, height: 4))
            let bytes = [UInt8](repeating: 0, count: try #require(converter.frameBytes))
            let isSame = try bytes.withUnsafeBytes {
                UnsafeRawPointer(try converter.image($0).pixels) == $0.baseAddress
            }
            #expect(isSame)
        }
    }

    @Test("sizes and formats that cannot be are refused")
    func refused() {
        for (code, width, height, stride) in [
            ("YUYV", 7, 4, 0), ("NV12", 7, 4, 0), ("YU12", 7, 4, 0), ("UYVY", 7, 4, 0), ("YUYV", 0, 4, 0),
            ("GREY", 40_000, 4, 0), ("GREY", 4, -1, 0), ("GREY", 4, 4, 1 << 30), ("ABCD", 4, 4, 0),
        ] {
            let format = FrameFormat(code: FourCC(code)!, width: width, height: height, bytesPerLine: stride)
            #expect(throws: OcellusError.self) { _ = try FrameConverter(format) }
        }
    }

    @Test("format codes are read from people's spellings")
    func spellings() {
        #expect(FourCC("mjpeg") == .mjpeg && FourCC("MJPG") == .mjpeg && FourCC("yuy2") == .yuyv)
        #expect(
            FourCC("gray") == .grey && FourCC("rgb")?.description == "RGB3" && FourCC("I420")?.description == "YU12")
        #expect(FourCC("Y16")?.description == "Y16" && FourCC("pBAA")?.description == "pBAA")
        for wrong in ["", "yu", "toolong", "a b", "yuÿv"] { #expect(FourCC(wrong) == nil) }
    }

    /// A picture with something in it, as JPEG.
    private func jpeg() throws -> (picture: RGBImage, bytes: [UInt8]) {
        let picture = try RGBImage(width: 320, height: 200)
        for y in 0..<200 {
            for x in 0..<320 {
                let pixel = picture.pixels.pointer + (y * 320 + x) * 3
                pixel[0] = UInt8(x * 255 / 319)
                pixel[1] = UInt8(y * 255 / 199)
                pixel[2] = UInt8((x / 20 + y / 20) % 2 * 200)
            }
        }
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).jpg")
        defer { try? FileManager.default.removeItem(at: file) }
        try PictureFile.write(picture, path: file.path)
        return (picture, [UInt8](try Data(contentsOf: file)))
    }

    private static let format = FrameFormat(code: .mjpeg, width: 320, height: 200)

    @Test("a Motion JPEG frame is decoded at the size that is needed")
    func decoding() throws {
        let (picture, bytes) = try jpeg()
        let converter = try FrameConverter(Self.format)
        for (side, width, height) in [(0, 320, 200), (300, 320, 200), (160, 160, 100), (80, 80, 50), (1, 40, 25)] {
            try bytes.withUnsafeBytes { bytes in
                let view = try converter.image(bytes, minimumSide: side)
                #expect(view.width == width && view.height == height && view.format == .rgb8)
                // Colours vary slowly: the pixel in the middle is near the original's.
                let step = 320 / width
                let found = view.pixels + (height / 2 * width + width / 2) * 3
                let original = picture.pixels.pointer + (height / 2 * step * 320 + width / 2 * step) * 3
                for channel in 0..<2 { #expect(abs(Int(found[channel]) - Int(original[channel])) < 12) }
            }
        }
    }

    @Test("a frame without the two bytes at its end is whole; one that is cut off, changed in size or no JPEG is not")
    func damage() throws {
        let bytes = try jpeg().bytes
        let converter = try FrameConverter(Self.format)
        try Array(bytes.dropLast(2)).withUnsafeBytes { _ = try converter.image($0) }
        try (bytes + [0, 0, 0, 0]).withUnsafeBytes { _ = try converter.image($0) }
        for wrong in [Array(bytes.prefix(bytes.count / 2)), Array(bytes.prefix(100)), [0xFF, 0xD8], [1, 2, 3, 4], []] {
            let error = #expect(throws: OcellusError.self) {
                try wrong.withUnsafeBytes { _ = try converter.image($0) }
            }
            #expect(error?.code == .invalidData)
        }
        let other = try FrameConverter(FrameFormat(code: .mjpeg, width: 640, height: 480))
        #expect(throws: OcellusError.self) { try bytes.withUnsafeBytes { _ = try other.image($0) } }
        let any = try FrameConverter(FrameFormat(code: .mjpeg, width: 0, height: 0))
        let width = try bytes.withUnsafeBytes { try any.image($0).width }
        #expect(width == 320)
        // No byte that is changed reaches beyond the memory: watched when run under the address sanitizer.
        var random = SeededGenerator(seed: 9)
        for _ in 0..<300 {
            var changed = bytes
            for _ in 0..<3 {
                changed[Int.random(in: 2..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            _ = try? changed.withUnsafeBytes { _ = try any.image($0, minimumSide: 80) }
        }
    }

    @Test("bytes between the segments do not matter, and hide no cut")
    func strays() throws {
        let bytes = try jpeg().bytes
        // Behind SOI and APP0, which has 16 bytes of its own.
        let stray = Array(bytes[..<20]) + [1, 2, 3] + Array(bytes[20...])
        let converter = try FrameConverter(Self.format)
        let expected = try bytes.withUnsafeBytes { bytes in
            let view = try converter.image(bytes)
            return Array(UnsafeBufferPointer(start: view.pixels, count: 320 * 200 * 3))
        }
        let found = try stray.withUnsafeBytes { bytes in
            let view = try converter.image(bytes)
            return Array(UnsafeBufferPointer(start: view.pixels, count: 320 * 200 * 3))
        }
        #expect(found == expected)
        for count in [stray.count / 3, stray.count / 2, stray.count - 200] {
            let error = #expect(throws: OcellusError.self) {
                try Array(stray.prefix(count)).withUnsafeBytes { _ = try converter.image($0) }
            }
            #expect(error?.code == .invalidData)
        }
    }

    @Test("frames of a camera that sends Motion JPEG are decoded where they lie")
    func camera() throws {
        let script = ScriptedSystem(["/dev/video0": ScriptedNode("Script", [(.mjpeg, [(320, 200, 30)])])])
        script.jpeg = try jpeg().bytes
        let camera = try Camera(path: "/dev/video0", system: script.system)
        switch try camera.nextFrame() {
        case .some(let frame):
            #expect(frame.bytes.count == script.jpeg.count)
            #expect(try frame.image(minimumSide: 100).width == 160)
        case .none: Issue.record("no frame")
        }
        script.jpeg[0] = 0
        #expect(try !camera.hasFrame(timeout: 100))
        #expect(camera.statistics.damaged > 0)
    }
}
