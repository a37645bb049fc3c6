// The parameters that the references of training start from, made from the names of tensors: Tests/References/seeded.py
// describes them. Number for number the same.
import Foundation
import OcellusNetwork
import OcellusTensor

public enum FormulaParameters {
    /// Units in -1..<1 from the top 24 bits of SplitMix64's numbers, seeded with FNV-1a of the name.
    public static func units(_ name: Name, count: Int) -> [Float] {
        var generator = SeededGenerator(seed: fnv1a(name.bytes))
        return (0..<count).map { _ in Float(generator.next() >> 40) / 8_388_608 - 1 }
    }

    /// `fresh`: the start of training; otherwise what the reference of gradients takes.
    public static func make(_ graph: Graph, fresh: Bool) throws(OcellusError) -> Parameters {
        var parameters = Parameters()
        let names = Set(graph.parameters.map(\.name))
        for declaration in graph.parameters {
            let owner = Name(bytes: Array(declaration.name.bytes.dropLast(".weight".utf8.count)))
            let isHead = declaration.role == .weight && names.contains(owner.appending("bias"))
            let values = units(declaration.name, count: declaration.count)
            parameters[declaration.name] = try Parameter(
                dimensions: declaration.dimensions,
                values: Buffer(fresh ? start(declaration, isHead, values) : later(declaration, values)))
        }
        return parameters
    }

    private static func bound(_ declaration: ParameterDeclaration) -> Double {
        (6 / Double(declaration.dimensions.dropFirst().reduce(1, *))).squareRoot()
    }

    private static func start(_ declaration: ParameterDeclaration, _ isHead: Bool, _ u: [Float]) -> [Float] {
        switch declaration.role {
        case .weight:
            let bound = Float(isHead ? 0.1 * bound(declaration) : bound(declaration))
            return u.map { bound * $0 }
        case .normalizationScale, .runningVariance: return u.map { _ in 1 }
        case .bias, .normalizationShift, .runningMean: return u.map { _ in 0 }
        }
    }

    private static func later(_ declaration: ParameterDeclaration, _ u: [Float]) -> [Float] {
        switch declaration.role {
        case .weight:
            let bound = Float(bound(declaration))
            return u.map { bound * $0 }
        case .bias: return u.map { Float(0.1) * $0 }
        case .normalizationScale: return u.map { Float(0.5) + Float(0.125) * $0 }
        case .normalizationShift: return u.map { $0 < -0.75 ? -3 : Float(3) + Float(0.25) * $0 }
        case .runningMean: return u.map { Float(0.25) * $0 }
        case .runningVariance: return u.map { Float(12) + Float(4) * $0 }
        }
    }
}

/// 64-bit FNV-1a.
public func fnv1a(_ bytes: [UInt8]) -> UInt64 {
    bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
}
