// The pixel loop of augmentation against its definition in floating point.
import CDataKernels
import Foundation
import OcellusTensor
import Testing

@testable import OcellusData

/// Packed RGB with 64 bytes behind it that may be read, as all pictures have.
private struct Picture {
    let width: Int
    let height: Int
    let pixels: Buffer<UInt8>

    init(width: Int, height: Int, _ level: (Int) -> UInt8) throws {
        (self.width, self.height) = (width, height)
        pixels = try Buffer(count: width * height * 3)
        for index in 0..<pixels.count { pixels.pointer[index] = level(index) }
    }

    /// Channel `c`, edges repeated.
    func level(_ x: Int, _ y: Int, _ c: Int) -> Double {
        Double(pixels.pointer[(max(0, min(y, height - 1)) * width + max(0, min(x, width - 1))) * 3 + c])
    }

    /// Channel `c` at a position where pixel i covers i to i + 1: nearest, linear, Catmull-Rom.
    func sample(_ sampling: ocd_sampling, x: Double, y: Double, _ c: Int) -> Double {
        if sampling == OCD_NEAREST { return level(Int(floor(x)), Int(floor(y)), c) }
        let (left, top) = (floor(x - 0.5), floor(y - 0.5))
        let (fx, fy) = (x - 0.5 - left, y - 0.5 - top)
        func weights(_ t: Double) -> [Double] {
            if sampling == OCD_LINEAR { return [0, 1 - t, t, 0] }
            return [
                (-t * t * t + 2 * t * t - t) / 2, (3 * t * t * t - 5 * t * t + 2) / 2,
                (-3 * t * t * t + 4 * t * t + t) / 2, (t * t * t - t * t) / 2,
            ]
        }
        let (across, down) = (weights(fx), weights(fy))
        var sum = 0.0
        for i in 0..<4 {
            for j in 0..<4 { sum += down[i] * across[j] * level(Int(left) + j - 1, Int(top) + i - 1, c) }
        }
        return max(0, min(255, sum))
    }
}

struct WarpTests {
    @Test(
        "a warped picture is what its definition says, to the rounding of weights",
        arguments: [OCD_NEAREST, OCD_LINEAR, OCD_CUBIC])
    func definition(sampling: ocd_sampling) throws {
        var random = SeededRandom(seed: 7)
        for trial in 0..<60 {
            let sizes = trial % 4 == 0 ? 1...5 : 20...90
            let source = try Picture(
                width: Int.random(in: sizes, using: &random), height: Int.random(in: sizes, using: &random)
            ) { _ in UInt8.random(in: 0...255, using: &random) }
            let canvas = try Picture(width: 70, height: 50) { _ in 9 }
            let angle = trial % 3 == 0 ? 0 : Float.random(in: 0...6.28, using: &random)
            let scale = Float.random(in: 0.1...3, using: &random)
            let shift = (Float(source.width) / 2, Float(source.height) / 2)
            let (a, b) = (scale * cos(angle), scale * sin(angle))
            let map = [a, -b, shift.0 - 35 * a + 25 * b, b, a, shift.1 - 35 * b - 25 * a]
            let part = ocd_part(left: 3, top: 2, right: 66, bottom: 47)
            ocd_warp(
                canvas.pixels.pointer, 70, part, source.pixels.pointer, Int32(source.width), Int32(source.height), map,
                sampling, ocd_colour(tables: nil, saturation: 256))
            check(canvas, source, map.map(Double.init), sampling, part)
        }
    }

    /// Positions are rounded to 65,536ths and fractions to 256ths, so what lies within that of an edge is left out.
    private func check(
        _ canvas: Picture, _ source: Picture, _ m: [Double], _ sampling: ocd_sampling, _ part: ocd_part
    ) {
        let (width, height) = (Double(source.width), Double(source.height))
        var worst = 0.0
        var seen = 0
        for y in 0..<canvas.height {
            for x in 0..<canvas.width {
                let (cx, cy) = (Double(x) + 0.5, Double(y) + 0.5)
                let at = (x: m[0] * cx + m[1] * cy + m[2], y: m[3] * cx + m[4] * cy + m[5])
                let isPart = part.left..<part.right ~= Int32(x) && part.top..<part.bottom ~= Int32(y)
                let border = 0.01
                if !isPart || at.x < -border || at.y < -border || at.x > width + border || at.y > height + border {
                    for c in 0..<3 { worst = max(worst, abs(canvas.level(x, y, c) - 9)) }
                    continue
                }
                let inside = at.x > border && at.y > border && at.x < width - border && at.y < height - border
                let (nearX, nearY) = (abs(at.x - at.x.rounded()), abs(at.y - at.y.rounded()))
                guard inside, sampling != OCD_NEAREST || min(nearX, nearY) > border else { continue }
                seen += 1
                for c in 0..<3 {
                    worst = max(worst, abs(canvas.level(x, y, c) - source.sample(sampling, x: at.x, y: at.y, c)))
                }
            }
        }
        #expect(worst <= (sampling == OCD_NEAREST ? 0 : 4), "\(seen) pixels of \(source.width)x\(source.height)")
        #expect(seen > 0 || source.width < 6)
    }
}
