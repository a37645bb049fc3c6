// A trained model as the start of a wider network: its channels are repeated and their readers' weights shared out, so that the
// function is the same and training goes on from there ("Net2Net", arXiv 1511.05641). Theory: docs/training.md.
import OcellusModels
import OcellusNetwork
import OcellusTensor

extension Model {
    /// What became of a model's parameters in a wider network.
    public struct Widening: Sendable {
        public var model: Model
        /// Names of the parameters that the model lacks: they start anew.
        public var renewed: [Name]
    }

    /// The start of `architecture`, a network of the same anchors with layers of the same names.
    ///
    /// Channel c of a wider layer is channel c modulo the old count. Where a value has copies, its readers' weights are shared
    /// out among them at random, or they would stay copies for ever. A convolution that has become a depthwise one and one of 1x1
    /// begins with the product nearest to it, channel by channel. Folded models stay folded.
    ///
    /// Throws `.invalidArgument` when the anchors are others, or a layer is narrower or of another kernel.
    public func widened(to architecture: Architecture, seed: UInt64) throws(OcellusError) -> Widening {
        if quantized != nil { return try dequantized().widened(to: architecture, seed: seed) }
        guard architecture != description.architecture else { return Widening(model: self, renewed: []) }
        var description = description
        description.architecture = architecture
        guard
            try architecture.anchors(description.preprocessing).boxes
                == self.description.architecture.anchors(description.preprocessing).boxes
        else {
            throw OcellusError(
                .invalidArgument,
                "\(self.description.architecture.name) cannot become \(architecture.name): its anchors are others")
        }
        let graph = try description.declare()
        let fresh = try Initialization.parameters(for: graph, architecture, seed: seed)
        var result = Parameters()
        var renewed: [Name] = []
        for (index, declaration) in graph.parameters.enumerated() {
            let name = declaration.name
            guard let old = parameters[name] else { continue }
            if let split = FactoredConvolution(old, declaration, of: graph) {
                result[name] = try split.pointwise()
                result[split.depthwiseName] = try split.depthwise()
            } else {
                var random = NormalGenerator(seed: seed, stream: index)
                result[name] = try old.widened(to: declaration, &random)
            }
        }
        for name in graph.parameters.map(\.name) where result[name] == nil {
            result[name] = fresh[name]
            renewed.append(name)
        }
        return Widening(model: try Model(description, result), renewed: renewed)
    }
}

extension Parameter {
    /// Rows repeated, columns (of the last dimension) repeated and shared out.
    fileprivate func widened(
        to declaration: ParameterDeclaration, _ random: inout NormalGenerator
    ) throws(OcellusError) -> Parameter {
        let (own, wanted) = (dimensions, declaration.dimensions)
        guard own != wanted else { return self }
        let hasColumns = own.count > 1
        guard own.count == wanted.count, own.dropFirst().dropLast() == wanted.dropFirst().dropLast(),
            zip(own, wanted).allSatisfy({ $1 % $0 == 0 }), let rows = own.first, let newRows = wanted.first
        else {
            throw OcellusError(
                .invalidArgument,
                "\(declaration.name): \(Parameter.text(own)) cannot become \(Parameter.text(wanted)): expected multiples of it"
            )
        }
        let columns = hasColumns ? own[own.count - 1] : 1
        let newColumns = hasColumns ? wanted[wanted.count - 1] : 1
        let taps = hasColumns ? own.dropFirst().dropLast().reduce(1, *) : 1
        let copies = newColumns / columns
        let values = try Buffer<Float>(count: declaration.count)
        for row in 0..<newRows {
            for tap in 0..<taps {
                let source = self.values.pointer + ((row % rows) * taps + tap) * columns
                let target = values.pointer + (row * taps + tap) * newColumns
                for column in 0..<columns {
                    let shares = Parameter.shares(copies, &random)
                    for copy in 0..<copies { target[copy * columns + column] = source[column] * shares[copy] }
                }
            }
        }
        return try Parameter(dimensions: wanted, values: values)
    }

    /// So many numbers above 0 whose sum is 1.
    private static func shares(_ count: Int, _ random: inout NormalGenerator) -> [Float] {
        guard count > 1 else { return [1] }
        let parts = (0..<count).map { _ in 1 + 0.6 * random.uniform() }
        let whole = parts.reduce(0, +)
        return parts.map { $0 / whole }
    }
}
