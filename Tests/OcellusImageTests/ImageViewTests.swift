// What a view and an owned picture refuse, and how they say it; raw values of the C header.
import OcellusTensor
import Testing

@testable import OcellusImage

@Suite("ImageView")
struct ImageViewTests {
    private func message(
        _ width: Int, _ height: Int, stride: Int = 0, _ format: PixelFormat = .rgb8, chromaStride: Int = 0
    ) -> String {
        var byte: UInt8 = 0
        return withUnsafePointer(to: &byte) { pointer in
            do throws(OcellusError) {
                let view = try ImageView(
                    pixels: pointer, width: width, height: height, stride: stride, format: format,
                    chromaStride: chromaStride)
                return "accepted \(view.stride) \(view.chromaStride) \(view.byteCount)"
            } catch {
                return error.code == .invalidArgument ? error.message : "wrong code"
            }
        }
    }

    @Test("sizes outside 1 to 32768 are refused with what was found")
    func sizes() {
        for (width, height) in [(0, 5), (5, 0), (-1, 5), (32769, 1), (1, Int.max), (Int.min, 1)] {
            #expect(message(width, height).contains("\(width)x\(height) pixels: expected a width and a height"))
        }
        #expect(message(32768, 32768).hasPrefix("accepted"))
    }

    @Test("a stride is 0, or at least a row, and not more than memory can be")
    func strides() {
        #expect(message(5, 2, stride: 14).contains("stride of 14 bytes: expected 0 (tightly packed) or at least 15"))
        #expect(message(5, 2, stride: -15).contains("stride of -15"))
        #expect(message(5, 2, stride: Int.min).contains("expected 0"))
        #expect(message(5, 2, stride: Int.max).contains("no memory is that large"))
        #expect(message(5, 2, stride: 16) == "accepted 16 0 31")
        #expect(message(5, 2) == "accepted 15 0 30")
    }

    @Test("YUYV and NV12 want an even width; NV12 may have an odd height")
    func evenWidths() {
        #expect(message(5, 2, .yuyv).contains("YUYV picture 5 pixels wide: expected an even width"))
        #expect(message(5, 2, .nv12).contains("NV12"))
        #expect(message(4, 3, .nv12) == "accepted 4 4 20")
        #expect(message(4, 3, .nv12, chromaStride: 3).contains("chroma stride of 3"))
        #expect(message(4, 3, .nv12, chromaStride: Int.max).contains("no memory"))
    }

    @Test("an owned picture is black at first and refuses what cannot be")
    func owned() throws {
        let image = try RGBImage(width: 3, height: 2)
        #expect(image.pixels.elements.allSatisfy { $0 == 0 })
        #expect(image.view.byteCount == 18)
        for (width, height) in [(0, 1), (1, -1), (32769, 1), (Int.max, Int.max)] {
            #expect(throws: OcellusError.self) { try RGBImage(width: width, height: height) }
        }
        do throws(OcellusError) {
            _ = try RGBImage(width: 32768, height: 32768)
            Issue.record("3 GiB were accepted")
        } catch {
            #expect(error.message.contains("takes 3221225472 bytes"))
        }
    }

    @Test("raw values are those of the C header")
    func rawValues() {
        #expect(PixelFormat.allCases.map(\.rawValue) == [1, 2, 3, 4, 5, 6, 7])
        #expect(PixelFormat(rawValue: 0) == nil)
    }
}
