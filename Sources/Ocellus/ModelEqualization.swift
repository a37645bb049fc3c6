// Equalisation on pictures: the same preprocessing as detection. What it does: OcellusQuantization/Equalization.
import OcellusImage
import OcellusModels
import OcellusQuantization
import OcellusTensor

/// A float model of the same function whose channels lose less in bytes: what calibration should start from.
public final class ModelEqualization {
    private let model: Model
    private let preprocessor: Preprocessor
    private let equalization: Equalization

    /// Throws `.invalidArgument` for a model that is quantised already.
    public init(_ model: Model) throws(OcellusError) {
        guard model.quantized == nil else {
            throw OcellusError(.invalidArgument, "the model is quantised already")
        }
        self.model = try model.folded()
        preprocessor = try Preprocessor(model.description.preprocessing)
        equalization = try Equalization(self.model.graph, self.model.parameters)
    }

    /// Watches the network's channels on one picture.
    public func observe(_ image: ImageView) throws(OcellusError) {
        _ = try preprocessor.run(image, into: equalization.input)
        equalization.observe()
    }

    /// The equalised model, folded. Throws `.invalidArgument` when no picture was observed.
    public func equalized() throws(OcellusError) -> Model {
        try Model(model.description, try equalization.equalized())
    }
}
