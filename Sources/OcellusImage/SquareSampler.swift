// A square cut out of a network's input, turned and scaled: what a second network looks at.
import OcellusTensor

/// Draws turned squares of a canvas, one size, no memory of its own.
public struct SquareSampler: Sendable {
    public let width: Int
    public let height: Int
    /// Sides of the square, in pixels.
    public let side: Int
    private let mean: SIMD3<Float>
    private let scale: SIMD3<Float>

    /// - Parameter preprocessing: how the canvas was made.
    public init(_ preprocessing: Preprocessing, side: Int) {
        width = preprocessing.inputWidth
        height = preprocessing.inputHeight
        self.side = side
        mean = preprocessing.mean
        scale = preprocessing.scale
    }

    /// Writes [side, side, 3] levels in the canvas's channel order: bilinear, beyond the canvas its mean.
    ///
    /// The square's position (u, v) shows the canvas at (a u - b v + c, b u + a v + d); both are continuous, pixel i covers i to
    /// i + 1. Any numbers do, finite or not.
    @_optimize(speed)
    public func sample(
        _ canvas: InputPixels, a: Float, b: Float, c: Float, d: Float, into square: UnsafeMutablePointer<UInt8>
    ) {
        let map = SIMD4(a, b, c, d)
        switch canvas {
        case .bytes(let pixels): draw(pixels, map, square) { level, _ in Float(level) }
        case .floats(let pixels):
            draw(pixels, map, square) { value, channel in
                // A channel that the network does not see has no level.
                scale[channel] == 0 ? mean[channel] : value / scale[channel] + mean[channel]
            }
        }
    }

    @inline(__always)
    private func draw<Element>(
        _ pixels: UnsafePointer<Element>, _ map: SIMD4<Float>, _ square: UnsafeMutablePointer<UInt8>,
        _ level: (Element, Int) -> Float
    ) {
        for row in 0..<side {
            let v = Float(row) + 0.5
            for column in 0..<side {
                let u = Float(column) + 0.5
                // Positions of pixels' centres.
                let x = map[0] * u - map[1] * v + map[2] - 0.5
                let y = map[1] * u + map[0] * v + map[3] - 0.5
                let target = square + (row &* side &+ column) &* 3
                // Written so that what is not a number is outside.
                guard x > -1, y > -1, x < Float(width), y < Float(height) else {
                    for channel in 0..<3 { target[channel] = SquareSampler.rounded(mean[channel]) }
                    continue
                }
                // Above -1 the whole part of x + 1 is that of x, and 1: without a call of floor.
                let (i, j) = (Int(x + 1) &- 1, Int(y + 1) &- 1)
                let (right, below) = (x - Float(i), y - Float(j))
                let isInside = i >= 0 && j >= 0 && i &+ 1 < width && j &+ 1 < height
                let corner = pixels + (j &* width &+ i) &* 3
                for channel in 0..<3 {
                    func tap(_ column: Int, _ row: Int) -> Float {
                        let isThere = isInside || 0..<width ~= i &+ column && 0..<height ~= j &+ row
                        return isThere
                            ? level(corner[(row &* width &+ column) &* 3 &+ channel], channel) : mean[channel]
                    }
                    let (a, b, c, d) = (tap(0, 0), tap(1, 0), tap(0, 1), tap(1, 1))
                    let (upper, lower) = (a + (b - a) * right, c + (d - c) * right)
                    target[channel] = SquareSampler.rounded(upper + (lower - upper) * below)
                }
            }
        }
    }

    @inline(__always)
    private static func rounded(_ level: Float) -> UInt8 { UInt8(max(0, min(255, level + 0.5))) }
}
