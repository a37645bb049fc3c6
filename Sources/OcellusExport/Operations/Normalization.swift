// Normalisations that were not folded. Operator set 17 has no group normalisation: each group is seen as one channel of
// an instance normalisation.
import OcellusNetwork
import OcellusTensor

extension ONNXExporter {
    mutating func batchNormalization(
        _ operation: BatchNormalization, _ node: Node, to output: String
    ) throws(OcellusError) -> String {
        let inputs = [
            try picture(node.inputs[0]), try parameter(operation.scale), try parameter(operation.shift),
            try parameter(operation.mean), try parameter(operation.variance),
        ]
        return add("BatchNormalization", inputs, [("epsilon", .float(operation.epsilon))], to: output)
    }

    mutating func groupNormalization(
        _ operation: GroupNormalization, _ node: Node, to output: String
    ) throws(OcellusError) -> String {
        let (shape, groups) = (node.shape, operation.groups)
        let grouped = constant("\(output).grouped.sizes") {
            ONNXTensor([shape.batch, groups, shape.channels / groups * shape.height * shape.width])
        }
        let sizes = constant("\(output).sizes") {
            ONNXTensor([shape.batch, shape.channels, shape.height, shape.width])
        }
        let ones = constant("\(output).ones") { ONNXTensor([groups], [Float](repeating: 1, count: groups)) }
        let zeros = constant("\(output).zeros") { ONNXTensor([groups], [Float](repeating: 0, count: groups)) }
        var x = add("Reshape", [try picture(node.inputs[0]), grouped], to: unique("\(output).grouped"))
        x = add(
            "InstanceNormalization", [x, ones, zeros], [("epsilon", .float(operation.epsilon))],
            to: unique("\(output).normalized"))
        x = add("Reshape", [x, sizes], to: unique("\(output).ungrouped"))
        x = add("Mul", [x, try perChannel(operation.scale)], to: unique("\(output).scaled"))
        return add("Add", [x, try perChannel(operation.shift)], to: output)
    }

    mutating func l2Normalization(
        _ operation: L2Normalization, _ node: Node, to output: String
    ) throws(OcellusError) -> String {
        let x = try picture(node.inputs[0])
        let channels = constant("\(output).axes") { ONNXTensor([1]) }
        let epsilon = constant("\(output).epsilon") { ONNXTensor([], [operation.epsilon]) }
        var length = add("Mul", [x, x], to: unique("\(output).squares"))
        length = add("ReduceSum", [length, channels], [("keepdims", .integer(1))], to: unique("\(output).sum"))
        length = add("Add", [length, epsilon], to: unique("\(output).positive"))
        length = add("Sqrt", [length], to: unique("\(output).length"))
        let normalized = add("Div", [x, length], to: unique("\(output).normalized"))
        return add("Mul", [normalized, try perChannel(operation.scale)], to: output)
    }
}
