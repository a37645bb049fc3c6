// A model: what it is, its network, its numbers. Read from a file or put together by import, quantisation and training.
import OcellusNetwork
import OcellusQuantization
import OcellusTensor

/// A description with numbers that fit it: real ones, or integers.
public struct Model: Sendable {
    public let description: ModelDescription
    /// As the description says: folded or not. Quantised networks are folded.
    public let graph: Graph
    /// The real numbers; empty in a quantised model, but for operations that stay in float.
    public let parameters: Parameters
    /// The integers; nil in a float model.
    public let quantized: QuantizedNetwork?

    /// A float model. Throws `.invalidArgument` when a declared parameter is missing or mis-sized.
    public init(_ description: ModelDescription, _ parameters: Parameters) throws(OcellusError) {
        self.description = description
        self.parameters = parameters
        quantized = nil
        graph = try description.declare()
        for declaration in graph.parameters { _ = try parameters.required(declaration) }
    }

    /// A quantised model.
    public init(_ description: ModelDescription, _ network: QuantizedNetwork) {
        self.description = description
        parameters = network.parameters
        quantized = network
        graph = network.graph
    }

    /// Reads a model file. Throws `.invalidData` or `.unsupported` with the file's name.
    public init(_ file: ModelFile) throws(OcellusError) {
        let description = try ModelDescription(file)
        if description.precision == .int8 {
            self.init(
                description,
                try QuantizedNetwork(
                    file, try description.declare(for: file), PixelNormalization(description.preprocessing),
                    title: description.architecture.name))
            return
        }
        var parameters = Parameters()
        for declaration in try description.declare(for: file).parameters {
            parameters[declaration.name] = try file.floats(declaration, of: description.architecture.name)
        }
        try self.init(description, parameters)
    }

    /// The same function with batch normalisation folded into the convolutions. A quantised model is itself.
    public func folded() throws(OcellusError) -> Model {
        if description.isFolded { return self }
        var description = description
        description.isFolded = true
        return try Model(description, try Folding(graph).apply(parameters))
    }

    /// The same model with more said about where it comes from. What was measured (keys that begin so) is said no more: it
    /// was another model, from which this one was made.
    public func adding(_ provenance: [(key: String, value: String)]) -> Model {
        let kept = description.provenance.filter { !$0.key.utf8.starts(with: "measured".utf8) }
        var description = description
        description.provenance = kept + provenance
        return Model(copying: self, description)
    }

    /// The same model with another network for its landmarks, or none.
    public func refining(_ refiner: LandmarkRefiner?) -> Model {
        var description = description
        description.refiner = refiner
        return Model(copying: self, description)
    }

    private init(copying other: Model, _ description: ModelDescription) {
        self.description = description
        graph = other.graph
        parameters = other.parameters
        quantized = other.quantized
    }

    /// Writes the model file atomically.
    public func write(to path: String) throws(OcellusError) {
        var writer = ModelFileWriter()
        description.write(to: &writer)
        if let quantized {
            try quantized.write(to: &writer)
        } else {
            for declaration in graph.parameters {
                try writer.add(declaration.name, try parameters.required(declaration))
            }
        }
        try description.refiner?.write(to: &writer)
        try writer.write(to: path)
    }
}

extension ModelFile {
    /// The table entry of a tensor that a network needs, with its sizes checked.
    func required(
        _ name: Name, _ dimensions: [Int], of network: String
    ) throws(OcellusError) -> StoredTensor {
        guard let tensor = tensor(name) else {
            throw OcellusError(.invalidData, "\(origin): tensor '\(name)' is missing; \(network) needs it")
        }
        guard tensor.dimensions == dimensions else {
            throw OcellusError(
                .invalidData,
                "\(origin): tensor '\(name)' has sizes \(Parameter.text(tensor.dimensions)); "
                    + "\(network) expects \(Parameter.text(dimensions))")
        }
        return tensor
    }

    func floats(
        _ declaration: ParameterDeclaration, of network: String
    ) throws(OcellusError) -> Parameter {
        _ = try required(declaration.name, declaration.dimensions, of: network)
        return try floats(of: declaration.name)
    }
}
