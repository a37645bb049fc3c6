// Operations on one element at a time.
import OcellusNetwork
import OcellusTensor

extension ONNXExporter {
    mutating func activation(_ activation: Activation, _ x: String, to output: String) -> String {
        switch activation {
        case .relu: return add("Relu", [x], to: output)
        case .relu6:
            let bounds = [
                constant("relu6.lower") { ONNXTensor([], [0 as Float]) },
                constant("relu6.upper") { ONNXTensor([], [6 as Float]) },
            ]
            return add("Clip", [x] + bounds, to: output)
        case .leakyReLU(let slope): return add("LeakyRelu", [x], [("alpha", .float(slope))], to: output)
        case .sigmoid: return add("Sigmoid", [x], to: output)
        case .exponential: return add("Exp", [x], to: output)
        }
    }

    mutating func elementwise(_ kind: String, _ node: Node, to output: String) throws(OcellusError) -> String {
        add(kind, [try picture(node.inputs[0]), try picture(node.inputs[1])], to: output)
    }

    mutating func scale(_ operation: Scale, _ node: Node, to output: String) throws(OcellusError) -> String {
        add("Mul", [try picture(node.inputs[0]), try perChannel(operation.factor)], to: output)
    }
}
