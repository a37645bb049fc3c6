// Small random networks: combinations that nobody would think of, the same ones every time.
import OcellusNetwork
import OcellusTensor

public enum RandomGraph {
    /// A graph of 5 to 25 operations and 1 to 3 outputs; every operation can occur.
    public static func make(seed: UInt64) throws(OcellusError) -> Graph {
        var random = SeededGenerator(seed: seed)
        let builder = GraphBuilder()
        let batch = random.pick([1, 1, 2])
        var values = [
            builder.input(
                Shape(
                    batch: batch, height: random.integer(5...15), width: random.integer(5...15),
                    channels: random.integer(1...9)))
        ]
        for index in 0..<random.integer(5...25) {
            // Mostly the latest value, so that chains grow that folding can fold.
            let x = random.integer(0...2) > 0 ? values[values.count - 1] : random.pick(values)
            values.append(operation(builder, x, values, Name("node\(index)"), &random))
        }
        var outputs: [(Name, GraphBuilder.Value)] = [("last", values[values.count - 1])]
        if random.integer(0...1) == 0 { outputs.append(("any", random.pick(values))) }
        if random.integer(0...1) == 0 { outputs.append(("rows", heads(builder, values, &random))) }
        return try builder.finish(outputs)
    }

    private static func operation(
        _ builder: GraphBuilder, _ x: GraphBuilder.Value, _ values: [GraphBuilder.Value], _ name: Name,
        _ random: inout SeededGenerator
    ) -> GraphBuilder.Value {
        let shape = builder.shape(of: x)
        let alike = values.filter { builder.shape(of: $0) == shape }
        switch random.integer(0...16) {
        case 0...2:
            return builder.convolution(
                x, name, channels: random.integer(1...20), kernel: random.pick([1, 3]), stride: random.pick([1, 1, 2]),
                bias: random.integer(0...1) == 0)
        case 3:
            return builder.convolution(x, name, channels: shape.channels, kernel: 3, groups: shape.channels)
        case 4, 5: return builder.batchNormalization(x, name)
        case 6, 7:
            return builder.activation(x, name, random.pick([.relu, .relu6, .leakyReLU(slope: 0.1), .sigmoid]))
        case 8: return builder.add(x, random.pick(alike), name)
        case 9: return builder.multiply(x, builder.activation(random.pick(alike), name, .sigmoid), name)
        case 10:
            let kernel = min(shape.height, shape.width, 2)
            return builder.pooling(
                x, name, random.pick([.maximum, .average]), kernel: kernel, stride: kernel,
                ceiling: random.integer(0...1) == 0)
        case 11: return builder.upsampling(x, name, to: random.pick(values))
        case 12: return context(builder, x, name, &random)
        case 13:
            let near = values.filter {
                builder.shape(of: $0).height == shape.height && builder.shape(of: $0).width == shape.width
            }
            return builder.concatenation([x, random.pick(near), x], name, .channels)
        case 14: return builder.groupNormalization(x, name, groups: 1)
        case 15: return builder.l2Normalization(x, name)
        default:
            return shape.height * shape.width > 200
                ? builder.scale(x, name, perChannel: true)
                : builder.transposedConvolution(x, name, channels: random.integer(1...6), kernel: 2, stride: 2)
        }
    }

    /// Branches side by side with one activation behind them, as SSH has them.
    private static func context(
        _ builder: GraphBuilder, _ x: GraphBuilder.Value, _ name: Name, _ random: inout SeededGenerator
    ) -> GraphBuilder.Value {
        builder.scope(name) {
            var branches: [GraphBuilder.Value] = []
            for index in 0..<random.integer(1...3) {
                let branch = builder.convolution(
                    x, Name("branch\(index)"), channels: random.integer(1...17), kernel: 3, bias: false)
                branches.append(
                    random.integer(0...3) > 0 ? builder.batchNormalization(branch, Name("norm\(index)")) : branch)
            }
            return builder.activation(builder.concatenation(branches, "together", .channels), "activation", .relu)
        }
    }

    private static func heads(
        _ builder: GraphBuilder, _ values: [GraphBuilder.Value], _ random: inout SeededGenerator
    ) -> GraphBuilder.Value {
        var parts: [GraphBuilder.Value] = []
        for index in 0..<random.integer(1...4) {
            let map = builder.convolution(random.pick(values), Name("head\(index)"), channels: 6, kernel: 1)
            parts.append(builder.rows(map, Name("rows\(index)"), columns: 3))
        }
        return builder.concatenation(parts, "heads", .rows)
    }
}
