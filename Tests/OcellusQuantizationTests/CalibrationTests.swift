// Ranges from calibration against what the definition says, computed here from all values, sorted, in double precision.
import Foundation
import OcellusNetwork
import OcellusQuantization
import OcellusTensor
import TestSupport
import Testing

@Suite("Calibration") struct CalibrationTests {
    /// A network whose value is its input: the identity by a 1x1 convolution.
    private static let identity: (graph: Graph, parameters: Parameters) = {
        let builder = GraphBuilder()
        let x = builder.input(Shape(height: 40, width: 50, channels: 2))
        let y = builder.convolution(x, "same", channels: 2, kernel: 1, bias: false)
        do {
            let graph = try builder.finish([("y", y)])
            var parameters = Parameters()
            parameters["same.weight"] = try Parameter(dimensions: [2, 1, 1, 2], values: Buffer([1, 0, 0, 1]))
            return (graph, parameters)
        } catch { preconditionFailure("\(error)") }
    }()

    /// Pictures of 4000 values: bell-shaped, with a few far out, and with zeros where `rectified`.
    private static func pictures(rectified: Bool, seed: UInt64) -> [[Float]] {
        var random = SeededGenerator(seed: seed)
        return (0..<6).map { picture in
            (0..<4000).map { index in
                let bell = (0..<6).reduce(Float(0)) { sum, _ in sum + random.float(-1...1) }
                let value = bell * (1 + Float(picture) / 4) * (index % 997 == 3 ? 9 : 1)
                return rectified ? max(value, 0) : value
            }
        }
    }

    private func range(_ pictures: [[Float]], _ method: CalibrationMethod) throws -> ValueRange {
        let calibrator = try Calibrator(Self.identity.graph, Self.identity.parameters, method: method)
        for picture in pictures {
            for (index, value) in picture.enumerated() { calibrator.input[index] = value }
            calibrator.observe()
        }
        #expect(calibrator.count == pictures.count)
        return try calibrator.ranges()[1]
    }

    @Test("minmax is the smallest and the largest of all", arguments: [true, false])
    func minMax(rectified: Bool) throws {
        let pictures = Self.pictures(rectified: rectified, seed: 1)
        let all = pictures.flatMap { $0 }
        #expect(try range(pictures, .minMax) == ValueRange(minimum: all.min()!, maximum: all.max()!))
    }

    @Test("average follows each picture's ends with its momentum", arguments: [0, 0.5, 0.9] as [Float])
    func average(momentum: Float) throws {
        let pictures = Self.pictures(rectified: false, seed: 2)
        var (low, high) = (Double(pictures[0].min()!), Double(pictures[0].max()!))
        for picture in pictures.dropFirst() {
            low = low * Double(momentum) + Double(picture.min()!) * (1 - Double(momentum))
            high = high * Double(momentum) + Double(picture.max()!) * (1 - Double(momentum))
        }
        let found = try range(pictures, .movingAverage(momentum: momentum))
        #expect(abs(Double(found.minimum) - low) < 1e-4 && abs(Double(found.maximum) - high) < 1e-4)
    }

    @Test(
        "percentile cuts its share of the values that are not 0 from each side", arguments: [true, false],
        [0.999, 0.99, 0.9, 1])
    func percentile(rectified: Bool, share: Double) throws {
        let pictures = Self.pictures(rectified: rectified, seed: 3)
        let sorted = pictures.flatMap { $0 }.filter { $0 != 0 }.sorted()
        let spare = Int(Double(sorted.count) * (1 - share))
        let found = try range(pictures, .percentile(share))
        // 4096 bins over at most four times the largest magnitude: a larger value doubled the limit at most once too far.
        let bin = Double(max(abs(sorted.first!), abs(sorted.last!))) * 4 / 4096
        #expect(abs(Double(found.minimum) - Double(sorted[spare])) <= bin)
        #expect(abs(Double(found.maximum) - Double(sorted[sorted.count - 1 - spare])) <= bin)
    }

    private func squaredError(_ values: [Float], _ range: ValueRange) throws -> Double {
        let grid = try ActivationQuantization(range)
        return values.reduce(0) {
            let error = Double(grid.dequantize(grid.quantize($1))) - Double($1)
            return $0 + error * error
        }
    }

    @Test(
        "mse has a smaller squared error than minmax, and no other shrunken copy is much better",
        arguments: [true, false])
    func leastSquares(rectified: Bool) throws {
        // Many values in the middle and a few far out: where cutting pays.
        var pictures = Self.pictures(rectified: rectified, seed: 4)
        for index in pictures.indices { pictures[index][7] = 60 }
        let all = pictures.flatMap { $0 }
        let whole = try range(pictures, .minMax)
        let best = try squaredError(all, range(pictures, .meanSquaredError))
        #expect(best <= (try squaredError(all, whole)))
        for step in 0..<40 {
            let factor = 1 - Float(step) * 0.02
            let copy = ValueRange(minimum: whole.minimum * factor, maximum: whole.maximum * factor)
            #expect(best <= (try squaredError(all, copy)) * 1.05)
        }
        // An even spread loses by every cut.
        var random = SeededGenerator(seed: 5)
        let even = [random.floats(4000, -1...1)]
        #expect(try range(even, .meanSquaredError) == (try range(even, .minMax)))
    }

    @Test("a picture with larger values than any before moves the range, whatever came first")
    func growing() throws {
        for first: Float in [1e-45, 1e-38, 1e-20, 1] {
            var small = [Float](repeating: first, count: 4000)
            small[0] = -first
            var random = SeededGenerator(seed: 6)
            let large = random.floats(4000, -100...100)
            for method: CalibrationMethod in [.percentile(0.9999), .meanSquaredError] {
                let found = try range([small, large], method)
                #expect(found.maximum > 95 && found.minimum < -95, "\(first) \(method)")
            }
        }
    }

    @Test("values of nothing but 0, and too many of one value, have a range", arguments: [0, 0.25, -3] as [Float])
    func constant(value: Float) throws {
        for method: CalibrationMethod in [
            .minMax, .movingAverage(momentum: 0.9), .percentile(0.9999), .meanSquaredError,
        ] {
            let grid = try ActivationQuantization(
                range([[Float](repeating: value, count: 4000)], method))
            let error = abs(grid.dequantize(grid.quantize(value)) - value)
            #expect(error <= abs(value) * 0.001, "\(method)")
        }
    }

    @Test("values that are not finite lead to a refusal, not to a trap")
    func notFinite() throws {
        for bad: Float in [.nan, .infinity, -.infinity, 3e38] {
            for method: CalibrationMethod in [
                .minMax, .movingAverage(momentum: 0.9), .percentile(0.9999), .meanSquaredError,
            ] {
                let found = try range([[Float](repeating: bad, count: 4000)], method)
                #expect(throws: OcellusError.self) {
                    try Quantizer(Self.tall.graph, Self.tall.parameters, PixelNormalization(channels: 2))
                        .quantize(ranges: [.empty, found, .empty])
                }
            }
        }
    }

    /// The identity with a head behind it, so that its value is bytes.
    private static let tall: (graph: Graph, parameters: Parameters) = {
        let builder = GraphBuilder()
        let x = builder.input(Shape(height: 4, width: 5, channels: 2))
        let y = builder.convolution(x, "same", channels: 2, kernel: 1, bias: false)
        let head = builder.convolution(y, "head", channels: 2, kernel: 1, bias: false)
        do {
            let graph = try builder.finish([("y", head)])
            return (graph, try .random(for: graph, seed: 1))
        } catch { preconditionFailure("\(error)") }
    }()

    @Test("no picture is an error, and so is a method whose number makes no sense")
    func refused() throws {
        #expect(throws: OcellusError.self) { try range([], .minMax) }
        let bad: [CalibrationMethod] = [
            .movingAverage(momentum: 1), .movingAverage(momentum: -0.1), .movingAverage(momentum: .nan),
            .percentile(0.5), .percentile(1.1), .percentile(.nan), .percentile(-1e300),
        ]
        for method in bad {
            let error = #expect(throws: OcellusError.self) { try range([], method) }
            #expect(error?.code == .invalidArgument)
        }
    }
}
