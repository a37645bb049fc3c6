// A network as data: nodes in the order they run, the parameters they read, the values that come out.
import OcellusTensor

/// A declared parameter: its name, sizes and part, but not its numbers.
public struct ParameterDeclaration: Sendable {
    public enum Role: Sendable, Equatable {
        case weight, bias
        case normalizationScale, normalizationShift
        case runningMean, runningVariance
    }

    public let name: Name
    public let dimensions: [Int]
    public let role: Role

    /// Running statistics are measured, not trained.
    public var isTrainable: Bool { role != .runningMean && role != .runningVariance }

    public var count: Int { dimensions.reduce(1, *) }
}

/// One operation with its operands (indices of earlier nodes) and the shape of its value.
public struct Node: Sendable {
    public var name: Name
    public var operation: Operation
    public var inputs: [Int]
    public var shape: Shape
}

/// A value that the network hands out, by name.
public struct Output: Sendable {
    public var name: Name
    public var node: Int
}

/// A network. Nodes are in an order in which every operand comes before its use; node 0 is the input.
public struct Graph: Sendable {
    public internal(set) var nodes: [Node]
    public internal(set) var parameters: [ParameterDeclaration]
    public internal(set) var outputs: [Output]

    public var inputShape: Shape { nodes[0].shape }

    /// Numbers that training changes; batch normalisation's running statistics are not among them.
    public var trainableParameterCount: Int {
        parameters.reduce(0) { $0 + ($1.isTrainable ? $1.count : 0) }
    }

    public var multiplyAccumulates: Int {
        nodes.reduce(0) { $0 + multiplyAccumulates(of: $1) }
    }

    public func multiplyAccumulates(of node: Node) -> Int {
        node.operation.multiplyAccumulates(inputs: node.inputs.map { nodes[$0].shape }, output: node.shape)
    }

    /// How many nodes and outputs read each node's value.
    public var useCounts: [Int] {
        var counts = [Int](repeating: 0, count: nodes.count)
        for node in nodes { for input in node.inputs { counts[input] += 1 } }
        for output in outputs { counts[output.node] += 1 }
        return counts
    }

    /// The node that a named output hands out.
    public func output(named name: Name) -> Int? {
        outputs.first { $0.name == name }?.node
    }
}
