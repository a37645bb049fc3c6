// Numbers to start from where nothing is trained yet. Kaiming (arXiv 1502.01852) and Xavier (Glorot & Bengio, 2010) keep
// the size of activations through the layers.
import Glibc
import OcellusData
import OcellusModels
import OcellusNetwork
import OcellusTensor

/// Seeded random numbers for a declared network.
public enum Initialization {
    public enum Method: Sendable {
        /// Normal, variance 2 / fan, for layers in front of ReLU.
        case kaiming
        /// Uniform, variance 2 / (fan in + fan out).
        case xavier
    }

    /// Numbers for every parameter of a detector, as `parameters(for:method:seed:isHead:)`, and class biases such that an anchor
    /// first believes in the background by 98 to 2 (arXiv 1708.02002, section 3.3).
    public static func parameters(
        for graph: Graph, _ architecture: Architecture, method: Method = .kaiming, seed: UInt64
    ) throws(OcellusError) -> Parameters {
        let parameters = try parameters(for: graph, method: method, seed: seed) { name in
            let part = architecture.part(of: name)
            return part == .classHead || part == .boxHead
        }
        for declaration in graph.parameters
        where declaration.role == .bias && architecture.part(of: declaration.name) == .classHead {
            fillClassBias(try parameters.required(declaration).values, architecture, graph)
        }
        return parameters
    }

    /// Numbers for every parameter: weights by `method`, normalisation at 1 and 0, biases at 0, head weights small.
    public static func parameters(
        for graph: Graph, method: Method = .kaiming, seed: UInt64, isHead: (Name) -> Bool
    ) throws(OcellusError) -> Parameters {
        var parameters = Parameters()
        for (index, declaration) in graph.parameters.enumerated() {
            var random = NormalGenerator(seed: seed, stream: index)
            let values = try Buffer<Float>(count: declaration.count)
            switch declaration.role {
            case .weight: fill(values, declaration.dimensions, isHead(declaration.name) ? nil : method, &random)
            case .normalizationScale, .runningVariance: values.pointer.update(repeating: 1, count: values.count)
            case .bias, .normalizationShift, .runningMean: break
            }
            parameters[declaration.name] = try Parameter(dimensions: declaration.dimensions, values: values)
        }
        return parameters
    }

    /// Heads (nil) are normal with a deviation of 0.01.
    private static func fill(
        _ values: Buffer<Float>, _ dimensions: [Int], _ method: Method?, _ random: inout NormalGenerator
    ) {
        let (inputs, outputs) = fans(dimensions)
        let deviation = Float(deviation(dimensions))
        for i in 0..<values.count {
            switch method {
            case .kaiming: values.pointer[i] = random.normal() * deviation
            case .xavier: values.pointer[i] = random.uniform() * (6 / Float(inputs + outputs)).squareRoot()
            case nil: values.pointer[i] = random.normal() * 0.01
            }
        }
    }

    /// Kaiming's standard deviation for weights of these sizes.
    static func deviation(_ dimensions: [Int]) -> Double { Double((2 / Float(fans(dimensions).outputs)).squareRoot()) }

    /// A depthwise kernel has one input channel; its outputs are its own channel alone.
    private static func fans(_ dimensions: [Int]) -> (inputs: Int, outputs: Int) {
        let taps = dimensions.dropFirst().dropLast().reduce(1, *)
        return (taps * (dimensions.last ?? 1), dimensions.last == 1 ? taps : taps * (dimensions.first ?? 1))
    }

    /// Columns repeat, an anchor after the other; column 0 is the background.
    private static func fillClassBias(_ values: Buffer<Float>, _ architecture: Architecture, _ graph: Graph) {
        guard let node = graph.output(named: "scores") else { return }
        let classes = graph.nodes[node].shape.channels
        let others: Float = architecture.scoreActivation == .softmax ? logf(0.02 / 0.98 / Float(classes - 1)) : -3.9
        for i in 0..<values.count { values.pointer[i] = i % classes == 0 ? 0 : others }
    }
}

/// Normal numbers by Box and Muller, which unlike a sum of uniform ones have tails.
struct NormalGenerator {
    private var random: SeededRandom

    /// Numbers of their own for each array of a network.
    init(seed: UInt64, stream: Int = 0) { random = SeededRandom(seed: seed, index: stream) }

    /// 0 < x <= 1
    private mutating func share() -> Double { (Double(random.next() >> 11) + 1) / Double(1 << 53) }

    /// -1...1
    mutating func uniform() -> Float { Float(2 * share() - 1) }

    mutating func normal() -> Float { Float((-2 * log(share())).squareRoot() * cos(2 * .pi * share())) }
}
