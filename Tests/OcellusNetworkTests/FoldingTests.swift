// Folding: what disappears, what stays, and that the function is the same.
import OcellusNetwork
import OcellusTensor
import TestSupport
import Testing

@Suite("Folding") struct FoldingTests {
    private typealias Value = GraphBuilder.Value

    /// The folded graph's operations, after checking that it computes the same.
    private func folded(
        _ declare: (GraphBuilder, Value) -> [Value], _ sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> [OperationKind] {
        let builder = GraphBuilder()
        let x = builder.input(Shape(batch: 2, height: 6, width: 7, channels: 5))
        let values = declare(builder, x)
        let graph = try builder.finish(values.enumerated().map { (Name("out\($0)"), $1) })
        let parameters = try Parameters.random(for: graph, seed: 3)
        let input = graph.randomInput(seed: 4)
        let once = Folding(graph)
        let parametersOnce = try once.apply(parameters)
        let twice = Folding(once.graph)
        let plain = try FloatExecutor(graph, parameters).outputs(for: input)
        let first = try FloatExecutor(once.graph, parametersOnce).outputs(for: input)
        let second = try FloatExecutor(twice.graph, try twice.apply(parametersOnce)).outputs(for: input)
        for output in plain.indices {
            #expect(relativeError(first[output], plain[output]) <= 1e-5, sourceLocation: sourceLocation)
            #expect(relativeError(second[output], plain[output]) <= 1e-5, "twice", sourceLocation: sourceLocation)
        }
        #expect(once.graph.outputs.map(\.name) == graph.outputs.map(\.name), sourceLocation: sourceLocation)
        return once.graph.nodes.map { OperationKind($0.operation) }
    }

    @Test("convolution, batch normalisation and ReLU become one convolution")
    func chain() throws {
        let kinds = try folded { builder, x in
            let y = builder.convolution(x, "conv", channels: 9, kernel: 3, bias: false)
            return [builder.activation(builder.batchNormalization(y, "bn"), "relu", .relu)]
        }
        #expect(kinds == [.input, .convolution])
    }

    @Test("places say which folded node has a value")
    func places() throws {
        let builder = GraphBuilder()
        let x = builder.input(Shape(height: 6, width: 7, channels: 5))
        let y = builder.convolution(x, "conv", channels: 9, kernel: 3, bias: false)
        let z = builder.activation(builder.batchNormalization(y, "bn"), "relu", .relu)
        let sum = builder.add(z, builder.convolution(z, "other", channels: 9, kernel: 1), "sum")
        let graph = try builder.finish([("sum", sum)])
        let folding = Folding(graph)
        #expect(folding.places == [0, 1, 1, 1, 2, 3])
        let parameters = try Parameters.random(for: graph, seed: 3)
        let plain = try FloatExecutor(graph, parameters, retaining: true)
        let folded = try FloatExecutor(folding.graph, try folding.apply(parameters), retaining: true)
        let input = graph.randomInput(seed: 4)
        for executor in [plain, folded] {
            for (index, value) in input.enumerated() { executor.input[index] = value }
            executor.run()
        }
        for node in [3, 4, 5] {
            let count = graph.nodes[node].shape.count
            let expected = Array(UnsafeBufferPointer(start: plain.value(of: node), count: count))
            let found = Array(UnsafeBufferPointer(start: folded.value(of: folding.places[node]), count: count))
            #expect(relativeError(found, expected) <= 1e-5, "node \(node)")
        }
    }

    @Test("a bias in front of batch normalisation is folded too")
    func bias() throws {
        let kinds = try folded { builder, x in
            [builder.batchNormalization(builder.convolution(x, "conv", channels: 9, kernel: 3, groups: 1), "bn")]
        }
        #expect(kinds == [.input, .convolution])
    }

    @Test("an activation behind a concatenation moves into the convolutions in front of it")
    func concatenation() throws {
        let kinds = try folded { builder, x in
            let a = builder.batchNormalization(builder.convolution(x, "a", channels: 9, kernel: 3, bias: false), "na")
            let b = builder.convolution(x, "b", channels: 4, kernel: 1)
            let c = builder.batchNormalization(builder.convolution(x, "c", channels: 3, kernel: 3, bias: false), "nc")
            return [builder.activation(builder.concatenation([a, b, c], "abc", .channels), "relu", .relu)]
        }
        #expect(kinds == [.input, .convolution, .convolution, .convolution, .concatenation])
    }

    @Test("an activation behind a concatenation stays when one operand is read elsewhere")
    func concatenationReadElsewhere() throws {
        let kinds = try folded { builder, x in
            let a = builder.convolution(x, "a", channels: 9, kernel: 3)
            let b = builder.convolution(x, "b", channels: 4, kernel: 1)
            return [builder.activation(builder.concatenation([a, b], "ab", .channels), "relu", .relu), a]
        }
        #expect(kinds == [.input, .convolution, .convolution, .concatenation, .activation])
    }

    @Test("batch normalisation without a convolution stays")
    func alone() throws {
        let kinds = try folded { builder, x in
            [builder.activation(builder.batchNormalization(x, "bn"), "relu", .relu)]
        }
        #expect(kinds == [.input, .batchNormalization, .activation])
    }

    @Test("a convolution that two nodes read is not folded")
    func twoReaders() throws {
        let kinds = try folded { builder, x in
            let y = builder.convolution(x, "conv", channels: 5, kernel: 1)
            return [builder.add(builder.batchNormalization(y, "bn"), y, "sum")]
        }
        #expect(kinds == [.input, .convolution, .batchNormalization, .add])
    }

    @Test("batch normalisation behind an activation stays, also when folded a second time")
    func behindActivation() throws {
        let kinds = try folded { builder, x in
            let y = builder.activation(builder.convolution(x, "conv", channels: 9, kernel: 3), "relu", .relu)
            return [builder.batchNormalization(y, "bn")]
        }
        #expect(kinds == [.input, .convolution, .batchNormalization])
    }

    @Test("sigmoid is not fused")
    func sigmoid() throws {
        let kinds = try folded { builder, x in
            [builder.activation(builder.convolution(x, "conv", channels: 9, kernel: 1), "sigmoid", .sigmoid)]
        }
        #expect(kinds == [.input, .convolution, .activation])
    }

    @Test("a shared weight folds for each of its nodes")
    func shared() throws {
        let kinds = try folded { builder, x in
            (0..<3).map { index in
                let y = builder.convolution(x, "shared", channels: 5, kernel: 3)
                return builder.batchNormalization(y, Name("bn\(index)"))
            }
        }
        #expect(kinds == [.input, .convolution, .convolution, .convolution])
    }

    @Test("a shared weight that one node reads unfolded stays as it is for that node", arguments: [true, false])
    func sharedUnfolded(foldedFirst: Bool) throws {
        let kinds = try folded { builder, x in
            let first = builder.convolution(x, "shared", channels: 5, kernel: 3)
            let second = builder.convolution(x, "shared", channels: 5, kernel: 3)
            return [
                foldedFirst ? builder.batchNormalization(first, "bn") : first,
                foldedFirst ? second : builder.batchNormalization(second, "bn"),
            ]
        }
        #expect(kinds == [.input, .convolution, .convolution])
    }

    @Test("a parameter that is missing or mis-sized is named")
    func parameters() throws {
        let builder = GraphBuilder()
        let x = builder.input(Shape(height: 4, width: 4, channels: 5))
        let y = builder.convolution(x, "conv", channels: 9, kernel: 3)
        let graph = try builder.finish([("y", builder.batchNormalization(y, "bn"))])
        let folding = Folding(graph)
        for declaration in graph.parameters {
            var parameters = try Parameters.random(for: graph, seed: 5)
            parameters[declaration.name] = nil
            expectError(naming: "\(declaration.name)") { _ = try folding.apply(parameters) }
            parameters[declaration.name] = try Parameter(dimensions: [1], values: Buffer([1]))
            expectError(naming: "\(declaration.name)") { _ = try folding.apply(parameters) }
        }
    }
}

/// Expects `.invalidArgument` (or another code) with a message that contains `text`.
func expectError(
    _ code: OcellusError.Code = .invalidArgument, naming text: String,
    sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) {
    do {
        try body()
        Issue.record("expected an error that names \(text)", sourceLocation: sourceLocation)
    } catch let error as OcellusError {
        #expect(error.code == code, sourceLocation: sourceLocation)
        #expect(error.message.contains(text), "\(error.message)", sourceLocation: sourceLocation)
    } catch {
        Issue.record(error, sourceLocation: sourceLocation)
    }
}
