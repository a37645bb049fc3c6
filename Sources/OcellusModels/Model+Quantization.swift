// From a float model to an integer one.
import OcellusImage
import OcellusNetwork
import OcellusQuantization
import OcellusTensor

extension PixelNormalization {
    public init(_ preprocessing: Preprocessing) {
        self.init(
            mean: (0..<3).map { preprocessing.mean[$0] }, scale: (0..<3).map { preprocessing.scale[$0] })
    }
}

extension Model {
    /// The folded network in integers, with the ranges of its values from calibration.
    ///
    /// Throws what `Quantizer.quantize` throws, and `.invalidArgument` for a model that is quantised already.
    public func quantized(ranges: [ValueRange]) throws(OcellusError) -> Model {
        guard quantized == nil else {
            throw OcellusError(.invalidArgument, "the model is quantised already")
        }
        let folded = try folded()
        var description = folded.description
        description.precision = .int8
        let quantizer = Quantizer(folded.graph, folded.parameters, PixelNormalization(description.preprocessing))
        return Model(description, try quantizer.quantize(ranges: ranges))
    }

    /// The float model whose numbers are exactly what the integers stand for; folded. A float model is itself.
    public func dequantized() throws(OcellusError) -> Model {
        guard let quantized else { return self }
        var description = description
        description.precision = .float
        description.isFolded = true
        return try Model(description, try quantized.realParameters())
    }
}
