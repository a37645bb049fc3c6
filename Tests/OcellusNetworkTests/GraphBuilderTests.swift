// Mistakes in a declaration: remembered, named, thrown by `finish`, and never a trap on the way.
import OcellusNetwork
import OcellusTensor
import TestSupport
import Testing

@Suite("Declarations") struct GraphBuilderTests {
    typealias Value = GraphBuilder.Value

    struct Mistake: Sendable, CustomStringConvertible {
        let description: String
        let text: String
        let declare: @Sendable (GraphBuilder, Value) -> Value
    }

    static let mistakes: [Mistake] = [
        Mistake(description: "groups that do not divide", text: "neck.y: 4 groups do not divide 6 input") {
            $0.convolution($1, "y", channels: 8, kernel: 3, groups: 4)
        },
        Mistake(description: "a kernel larger than the padded picture", text: "neck.y: a 9x9 kernel") {
            $0.convolution($1, "y", channels: 8, kernel: 9, padding: Padding(0))
        },
        Mistake(description: "a stride of zero", text: "neck.y: a convolution's kernel, stride") {
            $0.convolution($1, "y", channels: 8, kernel: 3, stride: 0)
        },
        Mistake(description: "no output channels", text: "neck.y: a value of shape") {
            $0.convolution($1, "y", channels: 0, kernel: 3)
        },
        Mistake(description: "a value that is too large", text: "neck.y: a value of shape") {
            $0.convolution($1, "y", channels: 1 << 40, kernel: 1)
        },
        Mistake(description: "a parameter shared with other sizes", text: "parameter neck.y.weight is shared") {
            $0.convolution($0.convolution($1, "y", channels: 8, kernel: 3), "y", channels: 8, kernel: 3)
        },
        Mistake(description: "a second input", text: "one input") { builder, _ in
            builder.input(Shape(height: 1, width: 1, channels: 1))
        },
        Mistake(description: "groups of channels that do not divide", text: "neck.y: 4 groups do not divide 6") {
            $0.groupNormalization($1, "y", groups: 4)
        },
        Mistake(description: "no groups", text: "neck.y: 0 groups") { $0.groupNormalization($1, "y", groups: 0) },
        Mistake(description: "a sum of different shapes", text: "neck.y: expected two operands of one shape") {
            $0.add($1, $0.convolution($1, "c", channels: 5, kernel: 1), "y")
        },
        Mistake(description: "a concatenation of different heights", text: "neck.y: 8x7x6 and 4x4x6") {
            $0.concatenation([$1, $0.pooling($1, "p", .maximum, kernel: 2, stride: 2, ceiling: true)], "y", .channels)
        },
        Mistake(description: "rows that are no rows", text: "neck.y: 8x7x6 and 8x7x6 cannot be concatenated along rows")
        {
            $0.concatenation([$1], "y", .rows)
        },
        Mistake(description: "an empty concatenation", text: "neck.y: a concatenation needs operands") { builder, _ in
            builder.concatenation([], "y", .channels)
        },
        Mistake(description: "columns that do not divide", text: "neck.y: 6 channels cannot be cut") {
            $0.rows($1, "y", columns: 4)
        },
        Mistake(description: "pooling padded by its whole kernel", text: "neck.y: pooling needs") {
            $0.pooling($1, "y", .maximum, kernel: 2, stride: 2, padding: 2)
        },
        Mistake(description: "a pooling window that does not fit", text: "neck.y: a pooling window of 9") {
            $0.pooling($1, "y", .average, kernel: 9, stride: 1)
        },
        Mistake(description: "an output padding as large as the stride", text: "neck.y: a transposed convolution") {
            $0.transposedConvolution($1, "y", channels: 3, kernel: 3, stride: 2, outputPadding: 2)
        },
        Mistake(description: "padding that leaves nothing", text: "neck.y: padding 9 leaves nothing") {
            $0.transposedConvolution($1, "y", channels: 3, kernel: 3, stride: 1, padding: 9)
        },
    ]

    @Test("a mistake is thrown by finish and names its node", arguments: mistakes)
    func mistake(mistake: Mistake) {
        expectError(naming: mistake.text) {
            let builder = GraphBuilder()
            let x = builder.input(Shape(height: 8, width: 7, channels: 6))
            let y = builder.scope("neck") { mistake.declare(builder, x) }
            // The declaration goes on behind its mistake; the first one is reported.
            let z = builder.rows(builder.activation(y, "later", .relu), "rows", columns: -1)
            _ = try builder.finish([("z", z)])
        }
    }

    @Test("a network needs outputs and an input that exists")
    func ends() {
        expectError(naming: "outputs") {
            let builder = GraphBuilder()
            _ = builder.input(Shape(height: 8, width: 7, channels: 6))
            _ = try builder.finish([])
        }
        for (height, text) in [(0, "0x7x6"), (Int.max, "\(Int.max)x7x6")] {
            expectError(naming: text) {
                let builder = GraphBuilder()
                let x = builder.input(Shape(height: height, width: 7, channels: 6))
                let y = builder.convolution(x, "y", channels: 2, kernel: 3)
                _ = try builder.finish([("y", y)])
            }
        }
    }

    @Test("names are dotted, scopes nest, and a name declared twice with the same sizes is shared")
    func names() throws {
        let builder = GraphBuilder()
        let x = builder.input(Shape(height: 4, width: 4, channels: 6))
        let y = builder.scope("outer") {
            builder.scope("inner") {
                builder.convolution(
                    builder.convolution(x, "conv", channels: 6, kernel: 3), "conv", channels: 6, kernel: 3)
            }
        }
        let graph = try builder.finish([("y", builder.l2Normalization(y, "norm"))])
        #expect(
            graph.parameters.map(\.name) == ["outer.inner.conv.weight", "outer.inner.conv.bias", "norm.weight"])
        #expect(graph.parameters[0].dimensions == [6, 3, 3, 6])
        #expect(graph.trainableParameterCount == 6 * 9 * 6 + 6 + 6)
        #expect(graph.multiplyAccumulates == 2 * 16 * 6 * 9 * 6)
        #expect(graph.output(named: "y") == 3 && graph.output(named: "x") == nil)
    }

    @Test("SAME padding gives ceil(size / stride), the odd zero behind")
    func same() {
        let shape = Shape(height: 300, width: 75, channels: 3)
        #expect(Padding.same(shape, kernel: 3, stride: 2) == Padding(top: 0, left: 1, bottom: 1, right: 1))
        #expect(Padding.same(shape, kernel: 3, stride: 1) == Padding(1))
        #expect(Padding.same(shape, kernel: 1, stride: 2) == Padding(0))
    }
}
