// One model out of several that training left: stages of one run, or runs from one start, lie in one valley, and what is
// between them is often better than each.
import OcellusModels
import OcellusNetwork
import OcellusTensor

extension Model {
    /// The weighted mean of models of one network, number by number, running means and variances as well ("Model soups",
    /// arXiv 2203.05482). All else is the first model's. An int8 model counts as the float model its integers stand for.
    ///
    /// `weights` are divided by their sum. Throws `.invalidArgument` for another number of weights than models, one that is not
    /// above zero, and models whose networks, classes or inputs differ or of which some are folded.
    public static func average(_ models: [Model], weights: [Float]) throws(OcellusError) -> Model {
        let models = try models.map { model throws(OcellusError) in try model.dequantized() }
        guard let first = models.first, models.count == weights.count else {
            throw OcellusError(
                .invalidArgument, "\(weights.count) weights for \(models.count) models: expected one for each")
        }
        for weight in weights where !(weight > 0 && weight.isFinite) {
            throw OcellusError(.invalidArgument, "a weight of \(weight): expected a number above 0")
        }
        for model in models { try first.checkSameNetwork(as: model) }
        let whole = weights.reduce(0.0) { $0 + Double($1) }
        var parameters = Parameters()
        for declaration in first.graph.parameters {
            let parts = try models.map { model throws(OcellusError) in
                try model.parameters.required(declaration).values
            }
            let mean = try Buffer<Float>(count: parts[0].count)
            for index in 0..<mean.count {
                let sum = zip(parts, weights).reduce(0.0) { $0 + Double($1.0.pointer[index]) * Double($1.1) }
                mean.pointer[index] = Float(sum / whole)
            }
            parameters[declaration.name] = try Parameter(dimensions: declaration.dimensions, values: mean)
        }
        var description = first.description
        description.refiner = models.lazy.compactMap(\.description.refiner).first
        return try Model(description, parameters)
    }

    private func checkSameNetwork(as other: Model) throws(OcellusError) {
        let (own, its) = (description, other.description)
        let isLike =
            own.architecture.name == its.architecture.name && own.labels == its.labels
            && own.preprocessing == its.preprocessing
        guard !isLike || own.isFolded == its.isFolded else {
            throw OcellusError(
                .invalidArgument,
                "one model still has its normalisations and another, int8 or made from int8, has them folded into its "
                    + "weights: average the float model that the int8 one was made of")
        }
        guard isLike, graph.parameters.map(\.name) == other.graph.parameters.map(\.name),
            graph.parameters.map(\.dimensions) == other.graph.parameters.map(\.dimensions)
        else {
            throw OcellusError(
                .invalidArgument,
                "the models have different networks, classes or inputs (\(own.architecture.name) and "
                    + "\(its.architecture.name)): only stages of one training can be averaged")
        }
    }
}
