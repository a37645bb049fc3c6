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
    private var recipes: [Recipe] = []

    private struct Recipe: Sendable {
        let weight: Name
        let bias: Name?
        let normalization: (scale: Name, shift: Name, mean: Name, variance: Name, epsilon: Float)
        let foldedWeight: Name
        let foldedBias: Name
    }

    public init(_ original: Graph) {
        graph = Graph(nodes: [], parameters: [], outputs: [])
        let users = original.soleUsers
        let pushed = original.activationsBehindConcatenations(users)
        var place = [Int](repeating: -1, count: original.nodes.count)
        var declared: [Name: Int] = [:]
        for (index, node) in original.nodes.enumerated() where place[index] < 0 {
            var copy = node
            copy.inputs = node.inputs.map { place[$0] }
            place[index] = graph.nodes.count
            if case .convolution(let convolution) = node.operation {
                var end = index
                var normalization: BatchNormalization?
                if let user = users[end], case .batchNormalization(let found) = original.nodes[user].operation {
                    normalization = found
                    end = user
                    place[end] = place[index]
                }
                var activation = convolution.activation
                if activation == nil, let user = users[end] {
                    if case .activation(let found) = original.nodes[user].operation, found.isFusable {
                        activation = found
                        place[user] = place[index]
                    } else if let found = pushed[user] {
                        activation = found
                    }
                }
                copy.operation = .convolution(
                    fold(convolution, normalization, activation, node.name, original, &declared))
            } else {
                if pushed[index] != nil, let user = users[index] { place[user] = place[index] }
                copy.operation = node.operation.renumbered { keep(original.parameters[$0], &declared) }
            }
            graph.nodes.append(copy)
        }
        graph.outputs = original.outputs.map { Output(name: $0.name, node: place[$0.node]) }
    }

    private mutating func fold(
        _ convolution: Convolution, _ normalization: BatchNormalization?, _ activation: Activation?, _ name: Name,
        _ original: Graph, _ declared: inout [Name: Int]
    ) -> Convolution {
        var result = convolution
        result.activation = activation
        guard let normalization else {
            result.weight = keep(original.parameters[convolution.weight], &declared)
            result.bias = convolution.bias.map { keep(original.parameters[$0], &declared) }
            return result
        }
        // A weight shared by several nodes folds differently in each of them.
        let taken = declared[name.appending("weight")] != nil
        let unique = taken ? name.appending(Name("at\(graph.nodes.count)")) : name
        let weight = original.parameters[convolution.weight]
        let folded = ParameterDeclaration(
            name: unique.appending("weight"), dimensions: weight.dimensions, role: .weight)
        let bias = ParameterDeclaration(
            name: unique.appending("bias"), dimensions: [convolution.outputChannels], role: .bias)
        func named(_ index: Int) -> Name { original.parameters[index].name }
        recipes.append(
            Recipe(
                weight: weight.name, bias: convolution.bias.map { named($0) },
                normalization: (
                    named(normalization.scale), named(normalization.shift), named(normalization.mean),
                    named(normalization.variance), normalization.epsilon
                ), foldedWeight: folded.name, foldedBias: bias.name))
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

    /// The folded graph's parameters from the original's. Throws `.invalidArgument` that names a missing one.
    public func apply(_ parameters: Parameters) throws(OcellusError) -> Parameters {
        var result = Parameters()
        for recipe in recipes {
            let weight = try parameters.required(recipe.weight)
            let scale = try parameters.required(recipe.normalization.scale)
            let shift = try parameters.required(recipe.normalization.shift)
            let mean = try parameters.required(recipe.normalization.mean)
            let variance = try parameters.required(recipe.normalization.variance)
            var bias: Parameter?
            if let name = recipe.bias { bias = try parameters.required(name) }
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
            result[declaration.name] = try parameters.required(declaration.name)
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
