// A trained convolution as the product of a depthwise one and one of 1x1: for each input channel the nearest there is, the matrix
// of rank one that its largest singular value belongs to (Eckart and Young 1936).
import OcellusNetwork
import OcellusTensor

/// Where both go, and what they are.
struct FactoredConvolution {
    /// Of the depthwise convolution's weight.
    let depthwiseName: Name
    private let weight: Parameter
    private let kernels: [[Double]]

    private static let rounds = 60

    /// Nil unless `declaration`, of `graph`, is the 1x1 behind a depthwise convolution with the kernel that `old` has.
    init?(_ old: Parameter, _ declaration: ParameterDeclaration, of graph: Graph) {
        let sizes = old.dimensions
        guard sizes.count == 4, sizes[1] > 1, declaration.dimensions == [sizes[0], 1, 1, sizes[3]] else { return nil }
        let reader = graph.nodes.first { node in
            guard case .convolution(let convolution) = node.operation else { return false }
            return graph.parameters[convolution.weight].name == declaration.name
        }
        guard let reader, case .convolution(let depthwise) = graph.nodes[reader.inputs[0]].operation else { return nil }
        let first = graph.parameters[depthwise.weight]
        guard first.dimensions == [sizes[3], sizes[1], sizes[2], 1] else { return nil }
        depthwiseName = first.name
        weight = old
        kernels = (0..<sizes[3]).map { FactoredConvolution.kernel(old, channel: $0) }
    }

    /// [channels, k, k, 1], each of the size 1.
    func depthwise() throws(OcellusError) -> Parameter {
        let sizes = weight.dimensions
        let values = try Buffer<Float>(count: kernels.count * sizes[1] * sizes[2])
        for (index, value) in kernels.joined().enumerated() { values.pointer[index] = Float(value) }
        return try Parameter(dimensions: [sizes[3], sizes[1], sizes[2], 1], values: values)
    }

    /// [outputs, 1, 1, channels]
    func pointwise() throws(OcellusError) -> Parameter {
        let sizes = weight.dimensions
        let values = try Buffer<Float>(count: sizes[0] * sizes[3])
        for output in 0..<sizes[0] {
            for channel in 0..<sizes[3] {
                let filter = FactoredConvolution.filter(weight, output, channel)
                let share = zip(filter, kernels[channel]).reduce(0) { $0 + $1.0 * $1.1 }
                values.pointer[output * sizes[3] + channel] = Float(share)
            }
        }
        return try Parameter(dimensions: [sizes[0], 1, 1, sizes[3]], values: values)
    }

    private static func filter(_ weight: Parameter, _ output: Int, _ channel: Int) -> [Double] {
        let taps = weight.dimensions[1] * weight.dimensions[2]
        return (0..<taps).map { Double(weight.values.pointer[(output * taps + $0) * weight.dimensions[3] + channel]) }
    }

    /// The first right singular vector of a channel's filters, by powers.
    private static func kernel(_ weight: Parameter, channel: Int) -> [Double] {
        let filters = (0..<weight.dimensions[0]).map { filter(weight, $0, channel) }
        let taps = weight.dimensions[1] * weight.dimensions[2]
        // Begin with the largest filter: it is not at right angles to the answer.
        func size(_ vector: [Double]) -> Double { vector.reduce(0) { $0 + $1 * $1 }.squareRoot() }
        var vector = filters.max { size($0) < size($1) } ?? [Double](repeating: 0, count: taps)
        for _ in 0..<rounds {
            var next = [Double](repeating: 0, count: taps)
            for filter in filters {
                let share = zip(filter, vector).reduce(0) { $0 + $1.0 * $1.1 }
                for tap in 0..<taps { next[tap] += share * filter[tap] }
            }
            let length = size(next)
            guard length > 0 else { return vector }
            vector = next.map { $0 / length }
        }
        return vector
    }
}
