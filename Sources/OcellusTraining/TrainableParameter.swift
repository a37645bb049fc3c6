// One array of numbers that training changes, with the gradient that the last backward pass left.
import OcellusNetwork
import OcellusTensor

/// A parameter of a network in training and its gradient, both of `values.count` floats.
///
/// The differentiator writes `gradient`, the optimiser reads it and changes `values`; the executor reads `values` anew in
/// every step.
public final class TrainableParameter {
    public let declaration: ParameterDeclaration
    public let values: Buffer<Float>
    /// The derivative of the loss with respect to each value.
    public let gradient: Buffer<Float>
    /// Multiplied by the schedule's rate; 0 leaves the values as they are, and no gradient is computed.
    public var rateFactor: Float = 1

    /// Copies `values`. Throws `.outOfMemory`.
    public convenience init(_ declaration: ParameterDeclaration, copying values: Buffer<Float>) throws(OcellusError) {
        self.init(
            declaration, try Buffer(copying: UnsafeBufferPointer(values.elements)), try Buffer(count: values.count))
    }

    private init(_ declaration: ParameterDeclaration, _ values: Buffer<Float>, _ gradient: Buffer<Float>) {
        self.declaration = declaration
        self.values = values
        self.gradient = gradient
    }

    public var name: Name { declaration.name }

    /// Weight decay is for weights alone: biases and normalisation have few numbers and need their size.
    public var decays: Bool { declaration.role == .weight }
}
