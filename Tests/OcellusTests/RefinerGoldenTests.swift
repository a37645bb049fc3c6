// Similarities and turned squares against NumPy: Tests/References/refiner_goldens.py wrote the numbers.
import Foundation
import OcellusDetection
import OcellusImage
import OcellusTensor
import Testing

@Suite("Refiner goldens") struct RefinerGoldenTests {
    private static let lines: [[String]] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/refiner_goldens.txt")
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    }()

    private static func points(_ numbers: ArraySlice<Float>) -> Landmarks {
        var result = Landmarks()
        for index in 0..<Landmarks.count {
            let first = numbers.startIndex + 2 * index
            result[index] = Point(x: numbers[first], y: numbers[first + 1])
        }
        return result
    }

    @Test("points are brought upon others with the least squared distances")
    func similarities() throws {
        let goldens = Self.lines.filter { $0[0] == "similarity" }
        #expect(goldens.count == 6)
        for golden in goldens {
            let numbers = golden.dropFirst().compactMap { Float($0) }
            try #require(numbers.count == 24)
            let (source, target) = (Self.points(numbers[0..<10]), Self.points(numbers[10..<20]))
            let found = try #require(Similarity(from: source, to: target))
            for (value, expected) in zip([found.a, found.b, found.c, found.d], numbers[20...]) {
                #expect(abs(value - expected) < 1e-4 * max(1, abs(expected)))
            }
            // There and back again.
            let returned = found.inverse(found(source))
            for index in 0..<Landmarks.count {
                #expect(
                    abs(returned[index].x - source[index].x) < 0.01 && abs(returned[index].y - source[index].y) < 0.01)
            }
        }
    }

    @Test("points that are no face have no similarity")
    func degenerate() {
        let face = Self.points([16, 17, 32, 17, 24, 27, 17, 35, 31, 35])
        let spot = Self.points([Float](repeating: 70, count: 10)[...])
        #expect(Similarity(from: spot, to: face) == nil)
        // Brought upon one point all of them would have to become one.
        #expect(Similarity(from: face, to: spot) == nil)
        for wrong in [Float.nan, .infinity, 1e38, -1e38] {
            var broken = face
            broken.nose.x = wrong
            #expect(Similarity(from: broken, to: face) == nil)
            #expect(Similarity(from: face, to: broken) == nil)
        }
    }

    /// (7h + 13w + 29c + (h·w mod 31)) mod 256, 50 by 50.
    private static let picture: [UInt8] = {
        var pixels: [UInt8] = []
        for h in 0..<50 {
            for w in 0..<50 {
                let ground = h * 7 + w * 13 + h * w % 31
                for c in 0..<3 { pixels.append(UInt8((ground + c * 29) % 256)) }
            }
        }
        return pixels
    }()

    private static let preprocessing = Preprocessing(
        inputWidth: 50, inputHeight: 50, channelOrder: .bgr, mean: [104, 117, 123], scale: [0.5, 1, 2],
        fit: .letterbox(.topLeft, .mean))

    @Test("squares are those of NumPy to a level, from bytes and from normalised numbers, at the edges too")
    func squares() throws {
        let goldens = Self.lines.indices.filter { Self.lines[$0][0] == "square" }
        #expect(goldens.count == 5)
        let floats = Self.picture.indices.map { index in
            (Float(Self.picture[index]) - Self.preprocessing.mean[index % 3]) * Self.preprocessing.scale[index % 3]
        }
        for golden in goldens {
            let side = try #require(Int(Self.lines[golden][1]))
            let numbers = Self.lines[golden].dropFirst(2).compactMap { Float($0) }
            let expected = Self.lines[golden + 1].compactMap { Int($0) }
            try #require(expected.count == side * side * 3)
            let sampler = SquareSampler(Self.preprocessing, side: side)
            var square = [UInt8](repeating: 0, count: expected.count)
            for isFloat in [false, true] {
                Self.picture.withUnsafeBufferPointer { bytes in
                    floats.withUnsafeBufferPointer { floats in
                        sampler.sample(
                            isFloat ? .floats(floats.baseAddress!) : .bytes(bytes.baseAddress!), a: numbers[0],
                            b: numbers[1], c: numbers[2], d: numbers[3], into: &square)
                    }
                }
                for (level, expected) in zip(square, expected) { #expect(abs(Int(level) - expected) <= 1) }
            }
        }
    }

    @Test("a square of nowhere is the mean: numbers that are none and numbers too large trap nothing")
    func nowhere() {
        let sampler = SquareSampler(Self.preprocessing, side: 4)
        var square = [UInt8](repeating: 0, count: 48)
        for (scale, shift) in [(Float.nan, Float(0)), (1, .infinity), (.infinity, 0), (1e38, 1e38), (1, -1e30)] {
            Self.picture.withUnsafeBufferPointer { bytes in
                sampler.sample(.bytes(bytes.baseAddress!), a: scale, b: scale, c: shift, d: shift, into: &square)
            }
            #expect(square == (0..<16).flatMap { _ in [104, 117, 123] })
        }
    }
}
