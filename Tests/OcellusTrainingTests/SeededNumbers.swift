// Numbers that Tests/References/seeded.py makes too: a network's parameters from the names of its tensors.
import OcellusModels
import OcellusNetwork
import OcellusTensor

enum SeededNumbers {
    /// Number i of a seed of SplitMix64.
    static func splitmix(_ seed: UInt64, _ index: Int) -> UInt64 {
        var z = seed &+ UInt64(index + 1) &* 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// -1..<1, seeded by a name.
    static func units(_ name: Name, _ count: Int) -> [Float] {
        var seed: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in name.bytes { seed = (seed ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return (0..<count).map { Float(Double(splitmix(seed, $0) >> 40) / Double(1 << 23) - 1) }
    }

    /// The table of seeded.py. `fresh`: the start of training.
    static func parameters(for graph: Graph, fresh: Bool) throws -> Parameters {
        // What has a bias and is no normalisation is a head.
        var heads: Set<Int> = []
        for case .convolution(let convolution) in graph.nodes.map(\.operation) where convolution.bias != nil {
            heads.insert(convolution.weight)
        }
        var parameters = Parameters()
        for (index, declaration) in graph.parameters.enumerated() {
            let u = units(declaration.name, declaration.count)
            let values: [Float]
            switch declaration.role {
            case .weight:
                let bound = (6 / Double(declaration.dimensions.dropFirst().reduce(1, *))).squareRoot()
                let factor = Float(fresh && heads.contains(index) ? 0.1 * bound : bound)
                values = u.map { factor * $0 }
            case .bias: values = u.map { fresh ? 0 : 0.1 * $0 }
            case .normalizationScale: values = u.map { fresh ? 1 : 0.5 + 0.125 * $0 }
            case .normalizationShift: values = u.map { fresh ? 0 : $0 < -0.75 ? -3 : 3 + 0.25 * $0 }
            case .runningMean: values = u.map { fresh ? 0 : 0.25 * $0 }
            case .runningVariance: values = u.map { fresh ? 1 : 12 + 4 * $0 }
            }
            parameters[declaration.name] = try Parameter(dimensions: declaration.dimensions, values: Buffer(values))
        }
        return parameters
    }
}
