// Folds batch normalisation and piecewise linear activations into the convolutions in front of them.
// The structure is folded from the declaration alone; numbers follow with `apply`, so a folded file loads directly.
import CSystem
import OcellusTensor

/// A graph with fewer nodes that computes the same function at inference.
///
/// For a convolution w * x + b followed by (y - mean) / sqrt(variance + epsilon) * scale + shift:
/// factor = scale / sqrt(variance + epsilon), folded weight = w * factor, folded bias = (b - mean) * factor + shift.
/// An activation behind a concatenation of such convolutions moves in front of it.
public struct Folding: Sendable {
    /// Folded weights and biases are named `node.weight` and `node.bias` after their convolution.
    public private(set) var graph: Graph
    /// The folded node that has the value of each node of the original, or that took it in: a normalised value and its
    /// activation are the convolution's.
    public private(set) var places: [Int]
    private var recipes: [Recipe] = []

    private struct Recipe: Sendable {
        let weight: ParameterDeclaration
        let bias: ParameterDeclaration?
        let normalization: Normalization
        let foldedWeight: Name
        let foldedBias: Name
    }

    private struct Normalization: Sendable {
        let scale: ParameterDeclaration
        let shift: ParameterDeclaration
        let mean: ParameterDeclaration
        let variance: ParameterDeclaration
        let epsilon: Float
    }

    public init(_ original: Graph) {
        graph = Graph(nodes: [], parameters: [], outputs: [])
        let users = original.soleUsers
        let pushed = original.activationsBehindConcatenations(users)
        let kept = original.namesKept(users)
        places = [Int](repeating: -1, count: original.nodes.count)
        var declared: [Name: Int] = [:]
        for (index, node) in original.nodes.enumerated() where places[index] < 0 {
            var copy = node
            copy.inputs = node.inputs.map { places[$0] }
            places[index] = graph.nodes.count
            if case .convolution(let convolution) = node.operation {
                var end = index
                let normalization = original.normalizationBehind(index, users)
                if normalization != nil, let user = users[index] {
                    end = user
                    places[end] = places[index]
                }
                var activation = convolution.activation
                if activation == nil, let user = users[end] {
                    if case .activation(let found) = original.nodes[user].operation, found.isFusable {
                        activation = found
                        places[user] = places[index]
                    } else if let found = pushed[user] {
                        activation = found
                    }
                }
                copy.operation = .convolution(
                    fold(convolution, normalization, activation, node.name, original, kept, &declared))
            } else {
                if pushed[index] != nil, let user = users[index] { places[user] = places[index] }
                copy.operation = node.operation.renumbered { keep(original.parameters[$0], &declared) }
            }
            graph.nodes.append(copy)
        }
        graph.outputs = original.outputs.map { Output(name: $0.name, node: places[$0.node]) }
    }

    private mutating func fold(
        _ convolution: Convolution, _ normalization: BatchNormalization?, _ activation: Activation?, _ name: Name,
        _ original: Graph, _ kept: Set<Name>, _ declared: inout [Name: Int]
    ) -> Convolution {
        var result = convolution
        result.activation = activation
        guard let normalization else {
            result.weight = keep(original.parameters[convolution.weight], &declared)
            result.bias = convolution.bias.map { keep(original.parameters[$0], &declared) }
            return result
        }
        // A weight shared by several nodes folds differently in each of them, and in some not at all.
        let names = [name.appending("weight"), name.appending("bias")]
        let taken = names.contains { declared[$0] != nil || kept.contains($0) }
        let unique = taken ? name.appending(Name("at\(graph.nodes.count)")) : name
        let weight = original.parameters[convolution.weight]
        let folded = ParameterDeclaration(
            name: unique.appending("weight"), dimensions: weight.dimensions, role: .weight)
        let bias = ParameterDeclaration(
            name: unique.appending("bias"), dimensions: [convolution.outputChannels], role: .bias)
        recipes.append(
            Recipe(
                weight: weight, bias: convolution.bias.map { original.parameters[$0] },
                normalization: Normalization(
                    scale: original.parameters[normalization.scale], shift: original.parameters[normalization.shift],
                    mean: original.parameters[normalization.mean],
                    variance: original.parameters[normalization.variance], epsilon: normalization.epsilon),
                foldedWeight: folded.name, foldedBias: bias.name))
        result.weight = keep(folded, &declared)
        result.bias = keep(bias, &declared)
        return result
    }

    private mutating func keep(_ declaration: ParameterDeclaration, _ declared: inout [Name: Int]) -> Int {
        if let index = declared[declaration.name] { return index }
        declared[declaration.name] = graph.parameters.count
        graph.parameters.append(declaration)
        return graph.parameters.count - 1
    }

    /// The folded graph's parameters from the original's. Throws `.invalidArgument` that names a missing or
    /// mis-sized one.
    public func apply(_ parameters: Parameters) throws(OcellusError) -> Parameters {
        var result = Parameters()
        for recipe in recipes {
            let weight = try parameters.required(recipe.weight)
            let scale = try parameters.required(recipe.normalization.scale)
            let shift = try parameters.required(recipe.normalization.shift)
            let mean = try parameters.required(recipe.normalization.mean)
            let variance = try parameters.required(recipe.normalization.variance)
            var bias: Parameter?
            if let declaration = recipe.bias { bias = try parameters.required(declaration) }
            let outputs = scale.values.count
            let foldedWeight = try Buffer<Float>(count: weight.values.count)
            let foldedBias = try Buffer<Float>(count: outputs)
            let each = weight.values.count / max(outputs, 1)
            for output in 0..<outputs {
                let deviation = sqrt(Double(variance.values.pointer[output]) + Double(recipe.normalization.epsilon))
                let factor = Double(scale.values.pointer[output]) / deviation
                for index in output * each..<(output + 1) * each {
                    foldedWeight.pointer[index] = Float(Double(weight.values.pointer[index]) * factor)
                }
                let start = Double(bias?.values.pointer[output] ?? 0) - Double(mean.values.pointer[output])
                foldedBias.pointer[output] = Float(start * factor + Double(shift.values.pointer[output]))
            }
            result[recipe.foldedWeight] = try Parameter(dimensions: weight.dimensions, values: foldedWeight)
            result[recipe.foldedBias] = try Parameter(dimensions: [outputs], values: foldedBias)
        }
        for declaration in graph.parameters where result[declaration.name] == nil {
            result[declaration.name] = try parameters.required(declaration)
        }
        return result
    }
}

extension Graph {
    /// The one node that reads each value, or nil when several do, none does, or the value is handed out.
    var soleUsers: [Int?] {
        let counts = useCounts
        var users = [Int?](repeating: nil, count: nodes.count)
        for (index, node) in nodes.enumerated() {
            for input in node.inputs where counts[input] == 1 { users[input] = index }
        }
        return users
    }

    /// The batch normalisation that folds into the convolution at `index`: its one reader, with nothing between.
    fileprivate func normalizationBehind(_ index: Int, _ users: [Int?]) -> BatchNormalization? {
        guard case .convolution(let convolution) = nodes[index].operation, convolution.activation == nil,
            let user = users[index], case .batchNormalization(let found) = nodes[user].operation
        else { return nil }
        return found
    }

    /// Parameters that some node reads as they are: nothing folded may take their names.
    fileprivate func namesKept(_ users: [Int?]) -> Set<Name> {
        var names: Set<Name> = []
        for (index, node) in nodes.enumerated() where normalizationBehind(index, users) == nil {
            if case .batchNormalization = node.operation, normalizationBehind(node.inputs[0], users) != nil { continue }
            for parameter in node.operation.parameters { names.insert(parameters[parameter].name) }
        }
        return names
    }

    /// Concatenations whose operands are all bare convolutions and whose one reader is a fusable activation.
    fileprivate func activationsBehindConcatenations(_ users: [Int?]) -> [Activation?] {
        var result = [Activation?](repeating: nil, count: nodes.count)
        for (index, node) in nodes.enumerated() {
            guard case .concatenation = node.operation, let user = users[index],
                case .activation(let activation) = nodes[user].operation, activation.isFusable
            else { continue }
            var bare = true
            for input in node.inputs {
                var producer = input
                bare = bare && users[producer] != nil
                if case .batchNormalization = nodes[producer].operation {
                    producer = nodes[producer].inputs[0]
                    bare = bare && users[producer] != nil
                }
                if case .convolution(let convolution) = nodes[producer].operation, convolution.activation == nil {
                    continue
                }
                bare = false
            }
            if bare { result[index] = activation }
        }
        return result
    }
}

extension Operation {
    /// The same operation with each parameter index replaced.
    fileprivate func renumbered(_ index: (Int) -> Int) -> Operation {
        switch self {
        case .input, .activation, .add, .multiply, .pooling, .upsampling, .concatenation, .rows: return self
        case .convolution(var operation):
            operation.weight = index(operation.weight)
            operation.bias = operation.bias.map { index($0) }
            return .convolution(operation)
        case .transposedConvolution(var operation):
            operation.weight = index(operation.weight)
            operation.bias = operation.bias.map { index($0) }
            return .transposedConvolution(operation)
        case .batchNormalization(var operation):
            operation.scale = index(operation.scale)
            operation.shift = index(operation.shift)
            operation.mean = index(operation.mean)
            operation.variance = index(operation.variance)
            return .batchNormalization(operation)
        case .groupNormalization(var operation):
            operation.scale = index(operation.scale)
            operation.shift = index(operation.shift)
            return .groupNormalization(operation)
        case .l2Normalization(var operation):
            operation.scale = index(operation.scale)
            return .l2Normalization(operation)
        case .scale(var operation):
            operation.factor = index(operation.factor)
            return .scale(operation)
        }
    }
}
