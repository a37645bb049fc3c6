// The rows of the table of operations: one small graph each, with sizes and tolerance. The rows are in the extensions;
// float execution, int8 execution and differentiation all run over the same table.
import OcellusNetwork
import OcellusTensor

/// One way of using one operation.
public struct OperationCase: Sendable, CustomStringConvertible {
    public let name: String
    public let input: Shape
    /// The shape that comes out, worked out by hand.
    public let output: Shape
    /// Largest allowed error of float execution, relative to the largest value; 0 for operations that only move numbers.
    public let tolerance: Double
    public let declare: @Sendable (GraphBuilder, GraphBuilder.Value) -> GraphBuilder.Value

    init(
        _ name: String, _ input: Shape, _ output: Shape, tolerance: Double = 1e-5,
        _ declare: @escaping @Sendable (GraphBuilder, GraphBuilder.Value) -> GraphBuilder.Value
    ) {
        self.name = name
        self.input = input
        self.output = output
        self.tolerance = tolerance
        self.declare = declare
    }

    public var description: String { name }

    public func graph() throws(OcellusError) -> Graph {
        let builder = GraphBuilder()
        let x = builder.input(input)
        return try builder.finish([("y", declare(builder, x))])
    }

    /// Every row.
    public static let all: [OperationCase] =
        convolutions + depthwiseConvolutions + fusedConvolutions + normalizations + pointwise + spatial + layout
}

/// `[height, width, channels]` or `[batch, height, width, channels]`, short enough for a table.
func shape(_ sizes: Int...) -> Shape {
    let sizes = sizes.count == 3 ? [1] + sizes : sizes
    return Shape(batch: sizes[0], height: sizes[1], width: sizes[2], channels: sizes[3])
}

/// The kinds of operation, so that a test can ask whether the table has a row for each.
public enum OperationKind: CaseIterable, Sendable {
    case input, convolution, transposedConvolution, batchNormalization, groupNormalization, l2Normalization
    case activation, add, multiply, scale, pooling, upsampling, concatenation, rows

    /// Without `default`: a new operation is a compile error here until it has a kind, and a failing test until it has
    /// a row.
    public init(_ operation: Operation) {
        switch operation {
        case .input: self = .input
        case .convolution: self = .convolution
        case .transposedConvolution: self = .transposedConvolution
        case .batchNormalization: self = .batchNormalization
        case .groupNormalization: self = .groupNormalization
        case .l2Normalization: self = .l2Normalization
        case .activation: self = .activation
        case .add: self = .add
        case .multiply: self = .multiply
        case .scale: self = .scale
        case .pooling: self = .pooling
        case .upsampling: self = .upsampling
        case .concatenation: self = .concatenation
        case .rows: self = .rows
        }
    }
}
