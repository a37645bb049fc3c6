// Which translation an operation has.
import OcellusNetwork
import OcellusTensor

extension ONNXExporter {
    /// Adds the operators of a node; without `default`, so that a new operation is a compile error here.
    mutating func translate(_ index: Int) throws(OcellusError) -> (name: String, layout: Layout) {
        let node = graph.nodes[index]
        let output = names[index]
        switch node.operation {
        case .input: return input(quantized == nil ? .float : .uint8)
        case .convolution(let operation): return (try convolution(operation, index), .picture)
        case .transposedConvolution(let operation):
            return (try transposedConvolution(operation, node, to: output), .picture)
        case .batchNormalization(let operation): return (try batchNormalization(operation, node, to: output), .picture)
        case .groupNormalization(let operation): return (try groupNormalization(operation, node, to: output), .picture)
        case .l2Normalization(let operation): return (try l2Normalization(operation, node, to: output), .picture)
        case .activation(let operation):
            return (activation(operation, try picture(node.inputs[0]), to: output), .picture)
        case .add: return (try elementwise("Add", node, to: output), .picture)
        case .multiply: return (try elementwise("Mul", node, to: output), .picture)
        case .scale(let operation): return (try scale(operation, node, to: output), .picture)
        case .pooling(let operation): return (try pooling(operation, node, to: output), .picture)
        case .upsampling: return (try upsampling(node, to: output), .picture)
        case .concatenation(let operation): return try concatenation(operation, node, to: output)
        case .rows(let operation): return (try rows(node.inputs[0], columns: operation.columns, to: output), .rows)
        }
    }

    /// A parameter as it is.
    mutating func parameter(_ index: Int) throws(OcellusError) -> String {
        let found = try parameters.required(graph.parameters[index])
        return constant(graph.parameters[index].name.description) {
            ONNXTensor(found.dimensions, Array(found.values.elements))
        }
    }

    /// A parameter of one value a channel, or one in all, as a factor or a term of pictures.
    mutating func perChannel(_ index: Int) throws(OcellusError) -> String {
        let found = try parameters.required(graph.parameters[index])
        return constant("\(graph.parameters[index].name).picture") {
            ONNXTensor([1, found.values.count, 1, 1], Array(found.values.elements))
        }
    }

    /// A parameter with its axes in another order.
    mutating func parameter(_ index: Int, order: [Int]) throws(OcellusError) -> String {
        let found = try parameters.required(graph.parameters[index])
        return constant("\(graph.parameters[index].name)\(order == Weights.order ? "" : ".transposed")") {
            ONNXTensor(
                order.map { found.dimensions[$0] },
                ONNXTensor.permuted(UnsafeBufferPointer(found.values.elements), found.dimensions, order))
        }
    }
}

/// [output, height, width, input] -> [output, input, height, width]
enum Weights {
    static let order = [0, 3, 1, 2]
}
