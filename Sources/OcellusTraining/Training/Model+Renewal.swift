// A trained model for other classes: backbone and neck stay, class heads start anew.
import OcellusModels
import OcellusNetwork
import OcellusTensor

extension Model {
    /// What became of a model's parameters when its classes changed.
    public struct Renewal: Sendable {
        public var model: Model
        public var kept: Int
        /// Names of the parameters that start anew; empty when the classes are the same.
        public var renewed: [Name]
    }

    /// The same model for `labels`. With the same labels nothing changes; otherwise the parameters of the class heads
    /// are drawn anew and all others kept.
    ///
    /// An int8 model becomes the float model its integers stand for. Folded models stay folded: they are trained without
    /// batch normalisation. Throws `.invalidArgument` for a number of classes that the architecture cannot have.
    public func renewed(labels: [String], seed: UInt64) throws(OcellusError) -> Renewal {
        if quantized != nil { return try dequantized().renewed(labels: labels, seed: seed) }
        guard labels != description.labels else { return Renewal(model: self, kept: parameters.count, renewed: []) }
        var description = description
        description.labels = labels
        let graph = try description.declare()
        let fresh = try Initialization.parameters(for: graph, description.architecture, seed: seed)
        var result = Parameters()
        var renewed: [Name] = []
        for declaration in graph.parameters {
            let old = parameters[declaration.name]
            if description.architecture.part(of: declaration.name) == .classHead
                || old?.dimensions != declaration.dimensions
            {
                result[declaration.name] = fresh[declaration.name]
                renewed.append(declaration.name)
            } else {
                result[declaration.name] = old
            }
        }
        return Renewal(
            model: try Model(description, result), kept: graph.parameters.count - renewed.count, renewed: renewed)
    }
}

extension Model {
    /// The same float model with an input of `size` x `size` pixels. Throws `.invalidArgument` when the architecture has
    /// one size only.
    public func resized(to size: Int) throws(OcellusError) -> Model {
        var description = description
        description.preprocessing.inputWidth = size
        description.preprocessing.inputHeight = size
        return try Model(description, parameters)
    }

    /// The same float model that averages what it suppresses from this overlap on, see `ModelDescription.blendOverlap`.
    /// Throws `.invalidArgument` for a number outside 0...1 or classes that do not compete.
    public func blending(from overlap: Float) throws(OcellusError) -> Model {
        guard 0...1 ~= overlap, description.labels.count == 1 || description.architecture.suppression == .agnostic
        else {
            throw OcellusError(
                .invalidArgument,
                "blending from an overlap of \(overlap) with \(description.labels.count) classes: expected 0 to 1 and "
                    + "one class, or classes that compete")
        }
        var description = description
        description.blendOverlap = overlap
        return try Model(description, parameters)
    }

    /// The same float model that reports objects from another score on, above 0 and at most 1, unless it is told otherwise.
    public func reporting(from score: Float) throws(OcellusError) -> Model {
        var description = description
        description.scoreThreshold = score
        return try Model(description, parameters)
    }
}
