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
        if !description.canBlend { description.blendOverlap = nil }
        // It knows the points of what the model was for.
        description.refiner = nil
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
    /// one size only, and for a size outside `ModelDescription.inputSides`.
    public func resized(to size: Int) throws(OcellusError) -> Model {
        try ModelDescription.requireInput(width: size, height: size)
        var description = description
        description.preprocessing.inputWidth = size
        description.preprocessing.inputHeight = size
        return try Model(description, parameters)
    }

    /// The same float model with other thresholds, see `ModelDescription`; nil keeps what it has.
    ///
    /// Throws `.invalidArgument` for numbers outside 0...1, and for blending with classes that do not compete.
    public func reporting(
        from score: Float? = nil, overlap: Float? = nil, blendingFrom blend: Float? = nil
    ) throws(OcellusError) -> Model {
        var description = description
        description.scoreThreshold = score ?? description.scoreThreshold
        description.overlapThreshold = overlap ?? description.overlapThreshold
        description.blendOverlap = blend ?? description.blendOverlap
        for value in [score, overlap, blend] where !(0...1 ~= value ?? 0) {
            throw OcellusError(.invalidArgument, "a threshold of \(value ?? 0): expected 0 to 1")
        }
        guard description.blendOverlap == nil || description.canBlend else {
            throw OcellusError(
                .invalidArgument,
                "blending is for one class or classes that compete, found \(description.labels.count): leave it out")
        }
        return try Model(description, parameters)
    }
}
