// Seeded numbers for declared networks: nothing learned, but every layer alive and every statistic away from 0 and 1.
import OcellusModels
import OcellusNetwork
import OcellusTensor

extension Parameters {
    /// Numbers for every parameter of `graph`: weights keep the size of activations (He et al., arXiv 1502.01852),
    /// variances are positive, some scales are negative.
    public static func random(for graph: Graph, seed: UInt64) throws(OcellusError) -> Parameters {
        var random = SeededGenerator(seed: seed)
        var parameters = Parameters()
        for declaration in graph.parameters {
            var values: [Float]
            switch declaration.role {
            case .weight:
                let inputs = max(1, declaration.count / max(1, declaration.dimensions.first ?? 1))
                let bound = (6 / Float(inputs)).squareRoot()
                values = random.floats(declaration.count, -bound...bound)
            case .bias: values = random.floats(declaration.count, -0.2...0.2)
            case .normalizationScale:
                values = random.floats(declaration.count, 0.5...1.5)
                for index in values.indices where random.integer(0...7) == 0 { values[index] = -values[index] }
            case .normalizationShift, .runningMean: values = random.floats(declaration.count, -0.5...0.5)
            case .runningVariance: values = random.floats(declaration.count, 0.25...2)
            }
            parameters[declaration.name] = try Parameter(dimensions: declaration.dimensions, values: Buffer(values))
        }
        return parameters
    }
}

extension Model {
    /// An architecture with its default description and seeded numbers instead of trained ones.
    public static func random(_ architecture: Architecture, seed: UInt64) throws(OcellusError) -> Model {
        try random(architecture.defaultDescription(), seed: seed)
    }

    /// A small version of an architecture, quick to run: RetinaFace at 160x160, the SSDs at a quarter of their width.
    public static func smallRandom(_ architecture: Architecture, seed: UInt64) throws(OcellusError) -> Model {
        try random(architecture.smallDescription(), seed: seed)
    }

    private static func random(_ description: ModelDescription, seed: UInt64) throws(OcellusError) -> Model {
        try Model(description, .random(for: try description.declare(), seed: seed))
    }
}

extension Architecture {
    /// The description of `Model.smallRandom`.
    public func smallDescription() -> ModelDescription {
        var description = defaultDescription()
        switch self {
        case .retinaFaceMobileNet025, .retinaFaceWideStem:
            description.preprocessing.inputWidth = 160
            description.preprocessing.inputHeight = 160
        case .mobileNetSSDCaffe, .mobileNetSSDTensorFlow: description.width = 0.25
        }
        return description
    }
}
