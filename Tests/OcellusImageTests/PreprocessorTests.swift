// The fast pass against the slow definition in `Support.swift`, over sizes, fits and placements.
import OcellusTensor
import Testing

@testable import OcellusImage

@Suite("Preprocessor")
struct PreprocessorTests {
    @Test(
        "agrees with the definition for stretch and both letterboxes",
        arguments: [
            (64, 48, 30, 30), (48, 64, 30, 30), (10, 10, 33, 21), (7, 5, 7, 5), (100, 3, 20, 20), (3, 100, 20, 20),
            (1, 1, 5, 4), (2, 1, 9, 9), (61, 60, 30, 30), (60, 61, 30, 30), (200, 150, 13, 11), (33, 31, 16, 31),
        ])
    func agrees(width: Int, height: Int, inputWidth: Int, inputHeight: Int) throws {
        let image = try formulaImage(width, height)
        let fits: [Preprocessing.Fit] = [
            .stretch, .letterbox(.topLeft, .mean), .letterbox(.centred, .grey(114)), .letterbox(.centred, .mean),
        ]
        for fit in fits {
            for order in [Preprocessing.ChannelOrder.rgb, .bgr] {
                let preprocessing = Preprocessing(
                    inputWidth: inputWidth, inputHeight: inputHeight, channelOrder: order, mean: [104, 117, 123],
                    scale: [1, 0.5, 0.25], fit: fit)
                let expected = reference(width: width, height: height, preprocessing) { x, y, channel in
                    Double(formulaPixel(x, y, channel))
                }
                let (values, _) = try preprocess(image.view, preprocessing)
                #expect(largestDifference(values, expected) < 1e-3, "\(fit) \(order)")
            }
        }
    }

    @Test("random sizes agree with the definition")
    func randomSizes() throws {
        var random = Seeded(state: 1)
        for _ in 0..<40 {
            let (width, height) = (Int.random(in: 1...90, using: &random), Int.random(in: 1...90, using: &random))
            var preprocessing = levels(Int.random(in: 1...40, using: &random), Int.random(in: 1...40, using: &random))
            if Bool.random(using: &random) { preprocessing.fit = .letterbox(.centred, .grey(7)) }
            let expected = reference(width: width, height: height, preprocessing) { Double(formulaPixel($0, $1, $2)) }
            let (values, _) = try preprocess(formulaImage(width, height).view, preprocessing)
            #expect(largestDifference(values, expected) < 1e-3, "\(width)x\(height) \(preprocessing)")
        }
    }

    @Test("a picture of 1x10000 fits a letterbox and a stretch")
    func thin() throws {
        for fit in [Preprocessing.Fit.stretch, .letterbox(.topLeft, .mean)] {
            for (width, height) in [(1, 10000), (10000, 1)] {
                var preprocessing = levels(30, 30)
                preprocessing.fit = fit
                let image = try formulaImage(width, height)
                let expected = reference(width: width, height: height, preprocessing) {
                    Double(formulaPixel($0, $1, $2))
                }
                let (values, mapping) = try preprocess(image.view, preprocessing)
                #expect(largestDifference(values, expected) < 2e-3)
                let small = (fit == .stretch) ? 30 : 1
                #expect(min(mapping.resizedWidth, mapping.resizedHeight) == small)
            }
        }
    }

    @Test("one preprocessor takes pictures of changing size and format, and forgets the last one's contents")
    func reuse() throws {
        let preprocessing = levels(20, 15)
        let preprocessor = try Preprocessor(preprocessing)
        let output = try Buffer<Float>(count: preprocessing.elementCount)
        for (width, height) in [(40, 30), (13, 50), (40, 30)] {
            let image = try formulaImage(width, height)
            _ = try preprocessor.run(image.view, into: output.pointer)
            let expected = reference(width: width, height: height, preprocessing) { Double(formulaPixel($0, $1, $2)) }
            #expect(largestDifference(Array(output.elements), expected) < 1e-3)
        }
        for level in [UInt8(10), 200] {
            let pixels = [UInt8](repeating: level, count: 40 * 30)
            try pixels.withUnsafeBufferPointer { bytes in
                let view = try ImageView(pixels: #require(bytes.baseAddress), width: 40, height: 30, format: .grey8)
                _ = try preprocessor.run(view, into: output.pointer)
            }
            #expect(output.elements.allSatisfy { abs($0 - Float(level)) < 1e-3 })
        }
    }

    @Test("sizes and numbers that cannot be are refused")
    func refusals() {
        func message(_ preprocessing: Preprocessing) -> String {
            do throws(OcellusError) { _ = try Preprocessor(preprocessing) } catch { return error.message }
            return "accepted"
        }
        #expect(message(levels(0, 30)).contains("0x30"))
        #expect(message(levels(30, -1)).contains("expected a width and a height from 1 to 32768"))
        #expect(message(levels(40000, 30)).contains("40000x30"))
        var preprocessing = levels(3, 3)
        preprocessing.mean[1] = .nan
        #expect(message(preprocessing).contains("channel 1"))
        preprocessing = levels(3, 3)
        preprocessing.fit = .letterbox(.topLeft, .grey(.infinity))
        #expect(message(preprocessing).contains("fill"))
    }
}
