// Operations that move no number in NHWC, or only beside others.
import OcellusTensor

/// Tensors side by side.
public struct Concatenation: Sendable {
    public enum Axis: Sendable {
        case channels
        /// Head rows of several levels below one another; operands are [batch, 1, rows, columns].
        case rows
    }

    public var axis: Axis

    func outputShape(_ inputs: [Shape]) throws(OcellusError) -> Shape {
        guard var result = inputs.first else {
            throw OcellusError(.invalidArgument, "a concatenation needs operands")
        }
        guard axis == .channels || result.height == 1 else { throw mismatch(result, result) }
        for shape in inputs.dropFirst() {
            var expected = shape
            switch axis {
            case .channels:
                expected.channels = result.channels
                guard expected == result else { throw mismatch(result, shape) }
                result.channels += shape.channels
            case .rows:
                expected.width = result.width
                guard expected == result else { throw mismatch(result, shape) }
                result.width += shape.width
            }
        }
        return result
    }

    private func mismatch(_ first: Shape, _ second: Shape) -> OcellusError {
        OcellusError(
            .invalidArgument,
            "\(first) and \(second) cannot be concatenated along \(axis == .channels ? "channels" : "rows")"
                + (axis == .channels ? "" : ": rows have a height of 1"))
    }
}

/// A head's map seen as rows: [batch, h, w, k * columns] becomes [batch, 1, h * w * k, columns].
public struct Rows: Sendable {
    public var columns: Int

    func outputShape(_ inputs: [Shape]) throws(OcellusError) -> Shape {
        let input = try only(inputs)
        guard columns > 0, input.channels % columns == 0 else {
            throw OcellusError(
                .invalidArgument, "\(input.channels) channels cannot be cut into rows of \(columns) columns")
        }
        return Shape(
            batch: input.batch, height: 1, width: input.height * input.width * (input.channels / columns),
            channels: columns)
    }
}
