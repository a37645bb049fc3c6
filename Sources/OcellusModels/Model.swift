// A model: what it is, its network, its numbers. Read from a file or put together by import and training.
import OcellusNetwork
import OcellusTensor

/// A description with parameters that fit it.
public struct Model: Sendable {
    public let description: ModelDescription
    /// As the description says: folded or not.
    public let graph: Graph
    public let parameters: Parameters

    /// Throws `.invalidArgument` when a declared parameter is missing or mis-sized.
    public init(_ description: ModelDescription, _ parameters: Parameters) throws(OcellusError) {
        self.description = description
        self.parameters = parameters
        graph = try description.declare()
        for declaration in graph.parameters { _ = try parameters.required(declaration) }
    }

    /// Reads a model file. Throws `.invalidData` or `.unsupported` with the file's name.
    public init(_ file: ModelFile) throws(OcellusError) {
        description = try ModelDescription(file)
        graph = try description.declare()
        var parameters = Parameters()
        for declaration in graph.parameters {
            guard let tensor = file.tensor(declaration.name) else {
                throw OcellusError(
                    .invalidData,
                    "\(file.origin): tensor '\(declaration.name)' is missing; "
                        + "\(description.architecture.name) needs it")
            }
            guard tensor.dimensions == declaration.dimensions else {
                throw OcellusError(
                    .invalidData,
                    "\(file.origin): tensor '\(declaration.name)' has sizes \(Parameter.text(tensor.dimensions)); "
                        + "\(description.architecture.name) expects \(Parameter.text(declaration.dimensions))")
            }
            parameters[declaration.name] = try file.floats(of: declaration.name)
        }
        self.parameters = parameters
    }

    /// The same function with batch normalisation folded into the convolutions.
    public func folded() throws(OcellusError) -> Model {
        if description.isFolded { return self }
        var description = description
        description.isFolded = true
        return try Model(description, try Folding(graph).apply(parameters))
    }

    /// Writes the model file atomically.
    public func write(to path: String) throws(OcellusError) {
        var writer = ModelFileWriter()
        description.write(to: &writer)
        for declaration in graph.parameters {
            try writer.add(declaration.name, try parameters.required(declaration))
        }
        try writer.write(to: path)
    }
}
