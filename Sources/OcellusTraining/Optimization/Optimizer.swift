// What an optimiser is to the loop and to a checkpoint. The rules are in SGD.swift and AdamW.swift.
import OcellusNetwork
import OcellusTensor

/// An array that belongs to a checkpoint, by name.
public struct NamedValues {
    public let name: Name
    public let values: Buffer<Float>

    public init(_ name: Name, _ values: Buffer<Float>) {
        self.name = name
        self.values = values
    }
}

/// Changes parameters along their gradients. Parameters whose `rateFactor` is 0 stay as they are and take no memory.
public protocol Optimizer: AnyObject {
    var parameters: [TrainableParameter] { get }

    /// One step. Gradients are read, not changed. Throws `.outOfMemory` when a parameter is thawed.
    func step(rate: Float) throws(OcellusError)

    /// What has to be kept to go on bit for bit: the arrays themselves, not copies.
    var state: [NamedValues] { get }

    /// Makes the arrays of these names and drops others, so that they can be filled from a checkpoint. Throws `.invalidData` for a name
    /// that no parameter has, `.outOfMemory`.
    func prepareState(_ names: [Name]) throws(OcellusError)
}
