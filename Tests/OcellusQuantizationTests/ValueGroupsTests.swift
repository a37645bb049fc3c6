// Who shares a scale and who stays float: on graphs made for it and on the real architectures.
import OcellusModels
import OcellusNetwork
import OcellusQuantization
import OcellusTensor
import TestSupport
import Testing

@Suite("Value groups") struct ValueGroupsTests {
    @Test(
        "operands of a concatenation share a scale, and so do pooled and enlarged values",
        arguments: Architecture.allCases)
    func shared(architecture: Architecture) throws {
        let graph = Folding(try architecture.smallDescription().declare()).graph
        let groups = ValueGroups(graph)
        var concatenations = 0
        for (index, node) in graph.nodes.enumerated() where !groups.isFloat[index] {
            switch node.operation {
            case .concatenation, .pooling, .upsampling, .rows:
                concatenations += 1
                for input in node.inputs { #expect(groups.leaders[input] == groups.leaders[index], "\(node.name)") }
            case .input, .convolution, .transposedConvolution, .batchNormalization, .groupNormalization,
                .l2Normalization, .activation, .add, .multiply, .scale:
                let leader = groups.leaders[index]
                #expect(leader == index || groups.leaders.filter { $0 == leader }.count > 1)
            }
        }
        // RetinaFace: three context modules and two steps down the pyramid; the SSDs have nothing of the kind.
        #expect(concatenations == (architecture.landmarkCoder != nil ? 5 : 0))
    }

    @Test("heads stay float to their convolutions, taps do not", arguments: Architecture.allCases)
    func heads(architecture: Architecture) throws {
        let graph = Folding(try architecture.smallDescription().declare()).graph
        let groups = ValueGroups(graph)
        var heads = 0
        for (index, node) in graph.nodes.enumerated() {
            let isHead = node.name.description.lowercased().contains("head") || isBehindHead(index, graph)
            if case .convolution = node.operation {
                // A head is what only rows read.
                let readers = graph.nodes.filter { $0.inputs.contains(index) }
                let onlyRows = readers.allSatisfy { if case .rows = $0.operation { true } else { false } }
                #expect(groups.isFloat[index] == onlyRows, "\(node.name)")
                heads += onlyRows ? 1 : 0
            } else if isHead {
                #expect(groups.isFloat[index], "\(node.name)")
            }
            if groups.isFloat[index] { #expect(groups.leaders[index] == index) }
        }
        #expect(heads == (architecture.landmarkCoder != nil ? 9 : 12))
        for output in graph.outputs { #expect(groups.isFloat[output.node]) }
    }

    private func isBehindHead(_ index: Int, _ graph: Graph) -> Bool {
        if case .rows = graph.nodes[index].operation { return true }
        return graph.outputs.contains { $0.node == index }
    }

    @Test("a tap that is also a head's operand is bytes, and does not take part in the heads' ranges")
    func tapInHead() throws {
        let builder = GraphBuilder()
        let x = builder.input(Shape(height: 6, width: 6, channels: 3))
        let tap = builder.convolution(x, "tap", channels: 4, kernel: 3)
        let head = builder.convolution(tap, "head", channels: 4, kernel: 1)
        let rows = builder.concatenation(
            [builder.rows(tap, "taprows", columns: 4), builder.rows(head, "headrows", columns: 4)], "y", .rows)
        let graph = try builder.finish([("y", rows)])
        let groups = ValueGroups(graph)
        #expect(groups.isFloat == [false, false, true, true, true, true])
        #expect(groups.leaders[1] == 1)
    }

    @Test("what other operations and activations hand out is bytes")
    func outputs() throws {
        let builder = GraphBuilder()
        let x = builder.input(Shape(height: 6, width: 6, channels: 3))
        let a = builder.convolution(x, "a", channels: 4, kernel: 3)
        let sum = builder.add(a, a, "sum")
        let rectified = builder.activation(builder.convolution(a, "b", channels: 4, kernel: 1), "b.relu", .relu)
        let graph = Folding(try builder.finish([("sum", sum), ("b", rectified)])).graph
        #expect(ValueGroups(graph).isFloat == [false, false, false, false])
    }
}
