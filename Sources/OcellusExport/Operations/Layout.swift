// Concatenation. Cutting pictures into rows is the exporter's own: other operations need it too.
import OcellusNetwork
import OcellusTensor

extension ONNXExporter {
    mutating func concatenation(
        _ operation: Concatenation, _ node: Node, to output: String
    ) throws(OcellusError) -> (name: String, layout: Layout) {
        var inputs: [String] = []
        for input in node.inputs {
            switch operation.axis {
            case .channels: inputs.append(try picture(input))
            case .rows: inputs.append(try rows(input))
            }
        }
        // Channels of a picture and rows of a head both are axis 1.
        return (add("Concat", inputs, [("axis", .integer(1))], to: output), operation.axis == .rows ? .rows : .picture)
    }
}
