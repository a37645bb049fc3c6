// What a graph computes, straight from the definitions: nested loops in Double over dense NHWC arrays. Slow on purpose;
// knows no arena, no packing and no folding.
import OcellusNetwork
import OcellusTensor

struct Oracle {
    let graph: Graph
    let parameters: Parameters

    /// The value of every node.
    func values(for input: [Float]) -> [[Double]] {
        var values: [[Double]] = []
        for node in graph.nodes {
            let operands = node.inputs.map { (values: values[$0], shape: graph.nodes[$0].shape) }
            values.append(value(node, operands, input))
        }
        return values
    }

    func outputs(for input: [Float]) -> [[Double]] {
        let values = values(for: input)
        return graph.outputs.map { values[$0.node] }
    }

    private typealias Operand = (values: [Double], shape: Shape)

    private func value(_ node: Node, _ operands: [Operand], _ input: [Float]) -> [Double] {
        switch node.operation {
        case .input: return input.map { Double($0) }
        case .convolution(let operation): return convolution(operation, operands[0], node.shape)
        case .transposedConvolution(let operation): return transposed(operation, operands[0], node.shape)
        case .batchNormalization(let operation):
            let (scale, shift) = (numbers(operation.scale), numbers(operation.shift))
            let (mean, variance) = (numbers(operation.mean), numbers(operation.variance))
            return each(operands[0]) { x, c in
                (x - mean[c]) / (variance[c] + Double(operation.epsilon)).squareRoot() * scale[c] + shift[c]
            }
        case .groupNormalization(let operation): return groups(operation, operands[0])
        case .l2Normalization(let operation): return lengths(operation, operands[0])
        case .activation(let activation): return operands[0].values.map { Oracle.activate($0, activation) }
        case .add: return zip(operands[0].values, operands[1].values).map { $0 + $1 }
        case .multiply: return zip(operands[0].values, operands[1].values).map { $0 * $1 }
        case .scale(let operation):
            let factor = numbers(operation.factor)
            return each(operands[0]) { x, c in x * (factor.count == 1 ? factor[0] : factor[c]) }
        case .pooling(let operation): return pool(operation, operands[0], node.shape)
        case .upsampling:
            return build(node.shape) { n, y, x, c in
                let (height, width) = (operands[0].shape.height, operands[0].shape.width)
                return at(operands[0], n, y * height / node.shape.height, x * width / node.shape.width, c)
            }
        case .concatenation(let operation): return join(operation, operands, node.shape)
        case .rows: return operands[0].values
        }
    }

    private func numbers(_ index: Int) -> [Double] {
        let values = parameters[graph.parameters[index].name]!.values
        return withExtendedLifetime(values) { values.elements.map { Double($0) } }
    }

    /// Zero outside the picture.
    private func at(_ x: Operand, _ n: Int, _ row: Int, _ column: Int, _ c: Int) -> Double {
        guard row >= 0, row < x.shape.height, column >= 0, column < x.shape.width else { return 0 }
        return x.values[((n * x.shape.height + row) * x.shape.width + column) * x.shape.channels + c]
    }

    private func build(_ shape: Shape, _ value: (Int, Int, Int, Int) -> Double) -> [Double] {
        var result: [Double] = []
        result.reserveCapacity(shape.count)
        for n in 0..<shape.batch {
            for y in 0..<shape.height {
                for x in 0..<shape.width { for c in 0..<shape.channels { result.append(value(n, y, x, c)) } }
            }
        }
        return result
    }

    private func each(_ x: Operand, _ value: (Double, Int) -> Double) -> [Double] {
        x.values.enumerated().map { value($1, $0 % x.shape.channels) }
    }

    static func activate(_ x: Double, _ activation: Activation?) -> Double {
        switch activation {
        case nil: return x
        case .relu: return x < 0 ? 0 : x
        case .relu6: return x < 0 ? 0 : x > 6 ? 6 : x
        case .leakyReLU(let slope): return x < 0 ? x * Double(slope) : x
        case .sigmoid: return 1 / (1 + exponential(-x))
        case .exponential: return exponential(x)
        }
    }

    private func convolution(_ operation: Convolution, _ x: Operand, _ shape: Shape) -> [Double] {
        let (weight, bias) = (numbers(operation.weight), operation.bias.map { numbers($0) })
        let depth = x.shape.channels / operation.groups
        let share = shape.channels / operation.groups
        return build(shape) { n, row, column, k in
            var sum = bias?[k] ?? 0
            for i in 0..<operation.kernelHeight {
                for j in 0..<operation.kernelWidth {
                    let y = row * operation.stride + i * operation.dilation - operation.padding.top
                    let z = column * operation.stride + j * operation.dilation - operation.padding.left
                    for c in 0..<depth {
                        let tap = ((k * operation.kernelHeight + i) * operation.kernelWidth + j) * depth + c
                        sum += weight[tap] * at(x, n, y, z, k / share * depth + c)
                    }
                }
            }
            return Oracle.activate(sum, operation.activation)
        }
    }

    /// Scatters: each input position adds a kernel's worth of outputs.
    private func transposed(_ operation: TransposedConvolution, _ x: Operand, _ shape: Shape) -> [Double] {
        let (weight, bias) = (numbers(operation.weight), operation.bias.map { numbers($0) })
        var result = build(shape) { _, _, _, k in bias?[k] ?? 0 }
        for n in 0..<x.shape.batch {
            for (y, z) in positions(x.shape) {
                for (i, j) in positions(Shape(height: operation.kernel, width: operation.kernel, channels: 1)) {
                    let row = y * operation.stride + i - operation.padding
                    let column = z * operation.stride + j - operation.padding
                    guard row >= 0, row < shape.height, column >= 0, column < shape.width else { continue }
                    for c in 0..<x.shape.channels {
                        for k in 0..<shape.channels {
                            let tap = ((c * operation.kernel + i) * operation.kernel + j) * shape.channels + k
                            let place = ((n * shape.height + row) * shape.width + column) * shape.channels + k
                            result[place] += at(x, n, y, z, c) * weight[tap]
                        }
                    }
                }
            }
        }
        return result
    }

    private func positions(_ shape: Shape) -> [(Int, Int)] {
        (0..<shape.height).flatMap { row in (0..<shape.width).map { (row, $0) } }
    }

    private func groups(_ operation: GroupNormalization, _ x: Operand) -> [Double] {
        let (scale, shift) = (numbers(operation.scale), numbers(operation.shift))
        let width = x.shape.channels / operation.groups
        func members(_ n: Int, _ c: Int) -> [Double] {
            positions(x.shape).flatMap { y, z in
                (0..<width).map { at(x, n, y, z, c / width * width + $0) }
            }
        }
        var statistics: [[(mean: Double, deviation: Double)]] = []
        for n in 0..<x.shape.batch {
            statistics.append(
                (0..<x.shape.channels).map { c in
                    let values = members(n, c)
                    let mean = values.reduce(0, +) / Double(values.count)
                    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
                    return (mean, (variance + Double(operation.epsilon)).squareRoot())
                })
        }
        return build(x.shape) { n, y, z, c in
            (at(x, n, y, z, c) - statistics[n][c].mean) / statistics[n][c].deviation * scale[c] + shift[c]
        }
    }

    private func lengths(_ operation: L2Normalization, _ x: Operand) -> [Double] {
        let scale = numbers(operation.scale)
        return build(x.shape) { n, y, z, c in
            let squares = (0..<x.shape.channels).reduce(0.0) { $0 + at(x, n, y, z, $1) * at(x, n, y, z, $1) }
            return at(x, n, y, z, c) / (squares + Double(operation.epsilon)).squareRoot() * scale[c]
        }
    }

    private func pool(_ operation: Pooling, _ x: Operand, _ shape: Shape) -> [Double] {
        build(shape) { n, row, column, c in
            var inside: [Double] = []
            for i in 0..<operation.kernel {
                for j in 0..<operation.kernel {
                    let y = row * operation.stride + i - operation.padding
                    let z = column * operation.stride + j - operation.padding
                    guard y >= 0, y < x.shape.height, z >= 0, z < x.shape.width else { continue }
                    inside.append(at(x, n, y, z, c))
                }
            }
            switch operation.kind {
            case .maximum: return inside.max() ?? .nan
            case .average: return inside.reduce(0, +) / Double(inside.count)
            }
        }
    }

    private func join(_ operation: Concatenation, _ operands: [Operand], _ shape: Shape) -> [Double] {
        build(shape) { n, y, z, c in
            var place = operation.axis == .channels ? c : z
            for operand in operands {
                let length = operation.axis == .channels ? operand.shape.channels : operand.shape.width
                if place < length {
                    return operation.axis == .channels ? at(operand, n, y, z, place) : at(operand, n, 0, place, c)
                }
                place -= length
            }
            return .nan
        }
    }
}
