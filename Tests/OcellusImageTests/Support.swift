// Pictures made by formula, and the slow definition of preprocessing that the fast one is compared with: Double, one
// output value at a time, straight from the sampling rule.
import Foundation
import OcellusTensor

@testable import OcellusImage

/// Numbers that are the same on every run.
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state ^ state >> 33) &* 0xFF51_AFD7_ED55_8CCD
    }
}

/// The picture of image_goldens.py.
func formulaPixel(_ x: Int, _ y: Int, _ channel: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: x * 7 + y * 13 + channel * 29 + (x * y) % 31 * 3)
}

func formulaPlane(_ width: Int, _ height: Int) -> [UInt8] {
    (0..<(width * height)).map { i in
        let (x, y) = (i % width, i / width)
        return UInt8(16 + (x * 37 + y * 91 + (x * y) % 17 * 5) % 240)
    }
}

func formulaImage(_ width: Int, _ height: Int) throws -> RGBImage {
    let image = try RGBImage(width: width, height: height)
    for i in 0..<image.pixels.count { image.pixels.pointer[i] = formulaPixel(i / 3 % width, i / 3 / width, i % 3) }
    return image
}

/// RGB of every pixel, whatever made it.
typealias PixelSource = (_ x: Int, _ y: Int, _ channel: Int) -> Double

/// Weights of source pixels for target position `position`, by the rule alone.
func referenceWeights(_ position: Int, _ source: Int, _ target: Int) -> [(index: Int, weight: Double)] {
    let ratio = Double(source) / Double(target)
    if ratio <= 2 {
        let centre = min(max((Double(position) + 0.5) * ratio - 0.5, 0), Double(source - 1))
        let index = Int(centre)
        let fraction = centre - Double(index)
        return [(index, 1 - fraction), (min(index + 1, source - 1), fraction)]
    }
    let (left, right) = (Double(position) * ratio, Double(position + 1) * ratio)
    return (0..<source).compactMap { pixel in
        let overlap = min(Double(pixel + 1), right) - max(Double(pixel), left)
        return overlap > 0 ? (pixel, overlap / ratio) : nil
    }
}

/// What `Preprocessor.run` must write.
func reference(
    width: Int, height: Int, _ preprocessing: Preprocessing, _ source: PixelSource
) -> [Double] {
    let (inputWidth, inputHeight) = (preprocessing.inputWidth, preprocessing.inputHeight)
    var (resizedWidth, resizedHeight, left, top) = (inputWidth, inputHeight, 0, 0)
    var fill: Double?
    if case .letterbox(let placement, let filling) = preprocessing.fit {
        let s = min(Double(inputWidth) / Double(width), Double(inputHeight) / Double(height))
        resizedWidth = max(1, Int((Double(width) * s + 0.5 + 1e-9).rounded(.down)))
        resizedHeight = max(1, Int((Double(height) * s + 0.5 + 1e-9).rounded(.down)))
        if placement == .centred { (left, top) = ((inputWidth - resizedWidth) / 2, (inputHeight - resizedHeight) / 2) }
        if case .grey(let level) = filling { fill = Double(level) }
    }
    let columns = (0..<resizedWidth).map { referenceWeights($0, width, resizedWidth) }
    let rows = (0..<resizedHeight).map { referenceWeights($0, height, resizedHeight) }
    var result: [Double] = []
    for y in 0..<inputHeight {
        for x in 0..<inputWidth {
            for channel in 0..<3 {
                let (mean, scale) = (Double(preprocessing.mean[channel]), Double(preprocessing.scale[channel]))
                var value = fill ?? mean
                if x >= left, x < left + resizedWidth, y >= top, y < top + resizedHeight {
                    let colour = preprocessing.channelOrder == .rgb ? channel : 2 - channel
                    value = 0
                    for row in rows[y - top] {
                        for column in columns[x - left] {
                            value += row.weight * column.weight * source(column.index, row.index, colour)
                        }
                    }
                }
                result.append((value - mean) * scale)
            }
        }
    }
    return result
}

/// Runs a fresh preprocessor; the output's end is guarded.
func preprocess(_ image: ImageView, _ preprocessing: Preprocessing) throws -> (values: [Float], mapping: InputMapping) {
    let count = preprocessing.elementCount
    let output = try Buffer<Float>(count: count + 8)
    for i in 0..<output.count { output.pointer[i] = .nan }
    let mapping = try Preprocessor(preprocessing).run(image, into: output.pointer)
    guard (count..<count + 8).allSatisfy({ output.pointer[$0].isNaN }) else {
        throw OcellusError(.invalidData, "written behind the output")
    }
    return (Array(output.elements.prefix(count)), mapping)
}

/// The largest difference; infinite when a value was never written or the counts differ.
func largestDifference(_ values: [Float], _ expected: [Double]) -> Double {
    guard values.count == expected.count else { return .infinity }
    return zip(values, expected).reduce(0) { $1.0.isNaN ? .infinity : max($0, abs(Double($1.0) - $1.1)) }
}

func levels(_ width: Int, _ height: Int) -> Preprocessing {
    Preprocessing(
        inputWidth: width, inputHeight: height, channelOrder: .rgb, mean: SIMD3(repeating: 0),
        scale: SIMD3(repeating: 1), fit: .stretch)
}
