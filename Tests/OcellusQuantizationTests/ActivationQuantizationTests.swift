// Equations (1) to (3) of docs/quantization.md as properties of seeded random ranges.
import OcellusQuantization
import OcellusTensor
import TestSupport
import Testing

@Suite("Activation quantisation") struct ActivationQuantizationTests {
    /// Ranges of all sizes, on both sides of 0 and across it.
    static let ranges: [ValueRange] = {
        var random = SeededGenerator(seed: 1)
        var ranges = [(0, 1), (-1, 0), (-1, 1), (3, 5), (-5, -3), (0, 0), (2, 2), (-1e-3, 1e6)].map {
            ValueRange(minimum: $0.0, maximum: $0.1)
        }
        for _ in 0..<500 {
            let size = Float(sign: .plus, exponent: random.integer(-30...30), significand: random.float(1...2))
            let ends = [random.float(-size...size), random.float(-size...size)].sorted()
            ranges.append(ValueRange(minimum: ends[0], maximum: ends[1]))
        }
        return ranges
    }()

    @Test("0 is exact, and the range fits, on every grid")
    func holdsZero() throws {
        for range in Self.ranges {
            let grid = try ActivationQuantization(range)
            #expect(grid.dequantize(grid.quantize(0)) == 0 && grid.quantize(0) == grid.zeroPoint)
            #expect(grid.range.minimum <= max(0, range.minimum) + grid.scale / 2)
            // (2): 255 steps are as wide as the range with 0 in it.
            let width = Double(max(range.maximum, 0)) - Double(min(range.minimum, 0))
            if width > 0 { #expect(abs(Double(grid.scale) * 255 / width - 1) < 1e-6) }
        }
    }

    @Test("what is inside a range comes back within half a step, and every byte as itself")
    func roundTrip() throws {
        var random = SeededGenerator(seed: 2)
        for range in Self.ranges {
            let grid = try ActivationQuantization(range)
            let ends = min(range.minimum, 0)...max(range.maximum, 0)
            for value in [ends.lowerBound, ends.upperBound, 0] + random.floats(50, ends) {
                let error = abs(Double(grid.dequantize(grid.quantize(value))) - Double(value))
                #expect(error <= Double(grid.scale) * 0.50001 + abs(Double(value)) * 1e-6, "\(value) in \(range)")
            }
            for byte in UInt8.min...UInt8.max { #expect(grid.quantize(grid.dequantize(byte)) == byte) }
        }
    }

    @Test("halves go to the even byte, whatever the zero point adds")
    func ties() throws {
        let grid = try ActivationQuantization(scale: 0.5, zeroPoint: 100)
        #expect([0.25, 0.75, 1.25, -0.25, -0.75, -1.25].map { grid.quantize($0) } == [100, 102, 102, 100, 98, 98])
        let odd = try ActivationQuantization(scale: 2, zeroPoint: 101)
        // The nearest whole number of steps is even; the zero point comes after.
        #expect([1, 3, 5, -1, -3].map { odd.quantize($0) } == [101, 103, 103, 101, 99])
    }

    @Test("what is outside goes to the ends")
    func outside() throws {
        let grid = try ActivationQuantization(ValueRange(minimum: -1, maximum: 3))
        #expect(grid.quantize(1e30) == 255 && grid.quantize(.infinity) == 255)
        #expect(grid.quantize(-1e30) == 0 && grid.quantize(-.infinity) == 0 && grid.quantize(.nan) == 0)
    }

    @Test("ranges and scales that no grid can hold are refused")
    func refused() {
        let bad: [(Float, Float)] = [
            (.nan, 1), (0, .nan), (.nan, .nan), (0, .infinity), (-.infinity, 0), (-3e38, 3e38), (0, 1e19),
        ]
        for (minimum, maximum) in bad {
            let error = #expect(throws: OcellusError.self) {
                try ActivationQuantization(ValueRange(minimum: minimum, maximum: maximum))
            }
            #expect(error?.code == .invalidData, "\(minimum) \(maximum)")
        }
        for scale: Float in [0, -1, .nan, .infinity, 1e-20, 1e20] {
            #expect(throws: OcellusError.self) { try ActivationQuantization(scale: scale, zeroPoint: 0) }
        }
    }

    @Test("a range of nothing, or of less than a float's neighbours, is all 0")
    func nothing() throws {
        for end: Float in [0, 1e-45, 1e-38, 1e-14] {
            let grid = try ActivationQuantization(ValueRange(minimum: -end, maximum: end))
            #expect(grid == (try ActivationQuantization(scale: 1, zeroPoint: 0)))
            #expect(grid.dequantize(grid.quantize(end)) == 0)
        }
    }

    @Test("many values at once give what one value at a time gives")
    func many() throws {
        var random = SeededGenerator(seed: 3)
        for range in Self.ranges.prefix(100) {
            let grid = try ActivationQuantization(range)
            let size = 2 * max(abs(range.minimum), abs(range.maximum), 1e-9)
            // Halves of a step are where roundings would differ.
            let halves = (-600...600).map { Float($0) / 2 * grid.scale }
            let values = halves + random.floats(500, -size...size) + [.nan, .infinity, -.infinity]
            var bytes = [UInt8](repeating: 0, count: values.count)
            quantizeBytes(values, &bytes, count: values.count, scale: grid.scale, zeroPoint: grid.zeroPoint)
            #expect(bytes == values.map { grid.quantize($0) })
            var back = [Float](repeating: 0, count: 256)
            let all = [UInt8](0...255)
            dequantizeBytes(all, &back, count: 256, scale: grid.scale, zeroPoint: grid.zeroPoint)
            #expect(back == all.map { grid.dequantize($0) })
        }
    }
}
