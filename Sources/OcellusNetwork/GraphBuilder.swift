// Declares networks. A mistake is remembered and thrown by `finish`, so that a declaration reads like its paper.
import OcellusTensor

/// Builds a `Graph` node by node.
///
/// Names are dotted: inside `scope("fpn")` a parameter `weight` of `output1` is `fpn.output1.weight`.
/// Declaring one parameter name twice with the same sizes shares it.
public final class GraphBuilder {
    /// A value in the graph under construction.
    public struct Value: Sendable {
        let node: Int
    }

    private var graph = Graph(nodes: [], parameters: [], outputs: [])
    private var parameterIndices: [Name: Int] = [:]
    private var prefix: Name = ""
    private var failure: OcellusError?

    public init() {}

    /// The network's one input. Throws later when called twice or with a shape that is not positive.
    public func input(_ shape: Shape) -> Value {
        if !graph.nodes.isEmpty { fail("a network has one input") }
        guard shape.checkedCount() != nil else {
            fail("an input of shape \(shape) cannot exist")
            // The declaration goes on, and must not compute with such sizes.
            return append("input", .input, [], Shape(height: 1, width: 1, channels: 1))
        }
        return append("input", .input, [], shape)
    }

    /// Names inside `body` begin with `name`.
    public func scope<Result>(_ name: Name, _ body: () -> Result) -> Result {
        let outer = prefix
        prefix = prefix.appending(name)
        let result = body()
        prefix = outer
        return result
    }

    public func shape(of value: Value) -> Shape { graph.nodes[value.node].shape }

    /// The finished network, or the first mistake that its declaration made.
    public func finish(_ outputs: [(Name, Value)]) throws(OcellusError) -> Graph {
        if let failure { throw failure }
        guard !outputs.isEmpty else { throw OcellusError(.invalidArgument, "a network needs outputs") }
        graph.outputs = outputs.map { Output(name: $0.0, node: $0.1.node) }
        return graph
    }

    func parameter(_ name: Name, _ dimensions: [Int], _ role: ParameterDeclaration.Role) -> Int {
        let full = prefix.appending(name)
        if let index = parameterIndices[full] {
            if graph.parameters[index].dimensions != dimensions {
                fail("parameter \(full) is shared with different sizes")
            }
            return index
        }
        parameterIndices[full] = graph.parameters.count
        graph.parameters.append(ParameterDeclaration(name: full, dimensions: dimensions, role: role))
        return graph.parameters.count - 1
    }

    func apply(_ name: Name, _ operation: Operation, _ inputs: [Value]) -> Value {
        let shapes = inputs.map { shape(of: $0) }
        do throws(OcellusError) {
            let shape = try operation.outputShape(shapes)
            guard shape.checkedCount() != nil else {
                throw OcellusError(.invalidArgument, "a value of shape \(shape) is too large")
            }
            return append(prefix.appending(name), operation, inputs.map { $0.node }, shape)
        } catch {
            fail("\(prefix.appending(name)): \(error.message)")
            return append(
                prefix.appending(name), operation, inputs.map { $0.node }, shapes.first ?? .rows(1, columns: 1))
        }
    }

    /// Remembers a mistake and goes on with `x`, so that the declaration can run to its end.
    func reject(_ name: Name, _ reason: String, _ x: Value) -> Value {
        fail("\(prefix.appending(name)): \(reason)")
        return x
    }

    private func append(_ name: Name, _ operation: Operation, _ inputs: [Int], _ shape: Shape) -> Value {
        graph.nodes.append(Node(name: name, operation: operation, inputs: inputs, shape: shape))
        return Value(node: graph.nodes.count - 1)
    }

    private func fail(_ message: String) {
        if failure == nil { failure = OcellusError(code: .invalidArgument, text: message) }
    }
}
