// The same picture in every pixel format, with rows further apart than they need be.
import OcellusTensor
import Testing

@testable import OcellusImage

/// A picture in some format, with noise between its rows.
struct Formatted {
    let format: PixelFormat
    let width: Int
    let height: Int
    let stride: Int
    let bytes: [UInt8]
    /// What each pixel is in RGB, by the definition, not rounded.
    let levels: [Double]

    init(_ format: PixelFormat, width: Int, height: Int, padding: Int) {
        let stride = format.rowBytes(width: width) + padding
        (self.format, self.width, self.height, self.stride) = (format, width, height, stride)
        var bytes = (0..<(stride * (height + (height + 1) / 2))).map { UInt8(truncatingIfNeeded: $0 &* 131 &+ 7) }
        var levels: [Double] = []
        for y in 0..<height {
            for x in 0..<width {
                let rgb = (0..<3).map { formulaPixel(x, y, $0) }
                let at = y * stride
                switch format {
                case .rgb8: for c in 0..<3 { bytes[at + x * 3 + c] = rgb[c] }
                case .bgr8: for c in 0..<3 { bytes[at + x * 3 + c] = rgb[2 - c] }
                case .rgba8: for c in 0..<3 { bytes[at + x * 4 + c] = rgb[c] }
                case .bgra8: for c in 0..<3 { bytes[at + x * 4 + c] = rgb[2 - c] }
                case .grey8: bytes[at + x] = rgb[0]
                case .yuyv, .nv12: break  // the noise is the picture
                }
                switch format {
                case .rgb8, .bgr8, .rgba8, .bgra8: levels += rgb.map(Double.init)
                case .grey8: levels += [Double](repeating: Double(rgb[0]), count: 3)
                case .yuyv:
                    let pair = at + x / 2 * 4
                    levels += Formatted.bt601(bytes[at + x * 2], bytes[pair + 1], bytes[pair + 3])
                case .nv12:
                    let pair = (height + y / 2) * stride + x / 2 * 2
                    levels += Formatted.bt601(bytes[at + x], bytes[pair], bytes[pair + 1])
                }
            }
        }
        (self.bytes, self.levels) = (bytes, levels)
    }

    /// ITU-R BT.601: Y 16...235, chroma 16...240 around 128; Kr 0.299, Kb 0.114.
    static func bt601(_ y: UInt8, _ u: UInt8, _ v: UInt8) -> [Double] {
        let luma = (Double(y) - 16) / 219
        let (blueness, redness) = ((Double(u) - 128) / 112, (Double(v) - 128) / 112)
        let red = luma + redness * (1 - 0.299)
        let blue = luma + blueness * (1 - 0.114)
        let green = (luma - 0.299 * red - 0.114 * blue) / 0.587
        return [red, green, blue].map { min(max($0 * 255, 0), 255) }
    }
}

@Suite("Pixel formats")
struct FormatTests {
    @Test(
        "every format gives its pixels, resized or not, with tight and with wide rows",
        arguments: PixelFormat.allCases)
    func every(format: PixelFormat) throws {
        for (width, height) in [(22, 14), (38, 9), (2, 1), (6, 3)] {
            for padding in [0, 1, 64] {
                let picture = Formatted(format, width: width, height: height, padding: padding)
                for (inputWidth, inputHeight) in [(width, height), (9, 5), (31, 17)] {
                    let settings = levels(inputWidth, inputHeight)
                    let expected = reference(width: width, height: height, settings) { x, y, channel in
                        picture.levels[(y * width + x) * 3 + channel]
                    }
                    let values = try picture.bytes.withUnsafeBufferPointer { bytes in
                        let view = try ImageView(
                            pixels: #require(bytes.baseAddress), width: width, height: height, stride: picture.stride,
                            format: format)
                        return try preprocess(view, settings).values
                    }
                    // YUV is rounded to 8 bits a pixel before it is resized.
                    let tolerance = format == .yuyv || format == .nv12 ? 0.51 : 1e-3
                    #expect(largestDifference(values, expected) < tolerance, "\(width)x\(height)+\(padding)")
                }
            }
        }
    }

    @Test("nominal black and white of limited range become 0 and 255")
    func limitedRange() throws {
        let bytes: [UInt8] = [16, 128, 235, 128, 0, 128, 255, 128]
        try bytes.withUnsafeBufferPointer { bytes in
            let view = try ImageView(pixels: #require(bytes.baseAddress), width: 4, height: 1, format: .yuyv)
            #expect(try preprocess(view, levels(4, 1)).values == [0, 0, 0, 255, 255, 255, 0, 0, 0, 255, 255, 255])
        }
    }

    @Test("NV12 takes its second plane from where it is told to")
    func secondPlane() throws {
        let (luma, chroma) = ([UInt8](repeating: 126, count: 4 * 3), formulaPlane(9, 2))
        let expected = (0..<12).flatMap { i in
            let at = i / 4 / 2 * 9 + i % 4 / 2 * 2
            return Formatted.bt601(126, chroma[at], chroma[at + 1])
        }
        try luma.withUnsafeBufferPointer { luma in
            try chroma.withUnsafeBufferPointer { chroma in
                let view = try ImageView(
                    pixels: #require(luma.baseAddress), width: 4, height: 3, format: .nv12, chroma: chroma.baseAddress,
                    chromaStride: 9)
                #expect(try largestDifference(preprocess(view, levels(4, 3)).values, expected) < 0.51)
            }
        }
    }
}
