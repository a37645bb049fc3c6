// Which values share a scale and which stay float: decided from the graph alone, before any number is known.
import OcellusNetwork
import OcellusTensor

/// Values whose bytes must mean the same because one is copied into the other.
public struct ValueGroups: Sendable {
    /// For each node the smallest node of its group.
    public private(set) var leaders: [Int]
    /// For each node whether its value stays in float.
    public let isFloat: [Bool]

    public init(_ graph: Graph) {
        leaders = Array(graph.nodes.indices)
        isFloat = ValueGroups.floatTail(graph)
        for (index, node) in graph.nodes.enumerated() where !isFloat[index] {
            switch node.operation {
            case .concatenation, .rows, .upsampling, .pooling:
                // A maximum is one of its operands; an average is rounded on their grid.
                for input in node.inputs { join(index, input) }
            case .input, .convolution, .transposedConvolution, .batchNormalization, .groupNormalization,
                .l2Normalization, .activation, .add, .multiply, .scale:
                break
            }
        }
        for index in leaders.indices { leaders[index] = leader(index) }
    }

    private func leader(_ index: Int) -> Int {
        var index = index
        while leaders[index] != index { index = leaders[index] }
        return index
    }

    private mutating func join(_ a: Int, _ b: Int) {
        let (first, second) = (leader(a), leader(b))
        leaders[max(first, second)] = min(first, second)
    }

    /// Outputs, and what leads to nothing but outputs by layout alone, up to the convolutions that make it. What other
    /// operations hand out is bytes; layout operations behind them turn these into floats.
    private static func floatTail(_ graph: Graph) -> [Bool] {
        var isFloat = [Bool](repeating: true, count: graph.nodes.count)
        for (index, node) in graph.nodes.enumerated().reversed() {
            // Every reader came before in this order and has cleared the mark if it reads bytes.
            guard isFloat[index] else {
                for input in node.inputs { isFloat[input] = false }
                continue
            }
            switch node.operation {
            case .rows, .concatenation: break
            case .convolution(let convolution):
                isFloat[index] = convolution.activation == nil
                for input in node.inputs { isFloat[input] = false }
            case .input, .transposedConvolution, .batchNormalization, .groupNormalization, .l2Normalization,
                .activation, .add, .multiply, .scale, .pooling, .upsampling:
                isFloat[index] = false
                for input in node.inputs { isFloat[input] = false }
            }
        }
        return isFloat
    }
}
