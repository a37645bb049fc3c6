// Random numbers to start from: of the size that the methods ask for, and of their own for each array.
import OcellusModels
import OcellusNetwork
import TestSupport
import Testing

@testable import OcellusTraining

struct InitializationTests {
    /// Pearson's correlation of what two arrays have in common, the second one moved.
    private static func correlation(_ a: [Float], _ b: ArraySlice<Float>) -> Double {
        let pairs = zip(a, b).map { (Double($0), Double($1)) }
        let count = Double(pairs.count)
        let (x, y) = (pairs.reduce(0) { $0 + $1.0 } / count, pairs.reduce(0) { $0 + $1.1 } / count)
        var (xy, xx, yy) = (0.0, 0.0, 0.0)
        for pair in pairs {
            xy += (pair.0 - x) * (pair.1 - y)
            xx += (pair.0 - x) * (pair.0 - x)
            yy += (pair.1 - y) * (pair.1 - y)
        }
        return xy / (xx * yy).squareRoot()
    }

    @Test("no array of a network repeats another one's numbers, moved by a few places or not")
    func independent() throws {
        let architecture = Architecture.mobileNetSSDCaffe
        let graph = try architecture.defaultDescription().declare()
        let parameters = try Initialization.parameters(for: graph, architecture, seed: 3)
        let arrays = parameters.names.compactMap { name -> [Float]? in
            guard let parameter = parameters[name], name.description.hasSuffix("weight"),
                parameter.dimensions.count == 4,
                parameter.values.count >= 400
            else { return nil }
            return Array(parameter.values.elements.prefix(400))
        }
        try #require(arrays.count > 20)
        for (index, array) in arrays.enumerated() {
            for other in arrays[(index + 1)...] {
                for shift in 0...8 {
                    // A correlation of 400 independent pairs has a standard deviation of .05.
                    #expect(abs(Self.correlation(array, other[shift...])) < 0.3)
                    #expect(abs(Self.correlation(other, array[shift...])) < 0.3)
                }
            }
        }
    }

    @Test("normal numbers have a mean of 0, a deviation of 1 and tails; a seed gives the same ones")
    func normal() {
        var (first, second) = (NormalGenerator(seed: 7, stream: 2), NormalGenerator(seed: 7, stream: 2))
        let numbers = (0..<100_000).map { _ in Double(first.normal()) }
        #expect(numbers == (0..<100_000).map { _ in Double(second.normal()) })
        let mean = numbers.reduce(0, +) / 100_000
        let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 100_000
        #expect(abs(mean) < 0.02 && abs(variance - 1) < 0.03)
        // 317 of them are beyond 2.95 in the mean.
        #expect(200...450 ~= numbers.count { abs($0) > 2.95 })
    }
}
