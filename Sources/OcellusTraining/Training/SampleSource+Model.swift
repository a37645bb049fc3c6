// Samples for a model: size, fit and ground follow from its preprocessing, augmentation from its kind.
import OcellusData
import OcellusImage
import OcellusModels
import OcellusTensor

extension SampleSource {
    /// Samples of `datasets` as the model's network wants them.
    ///
    /// `augmentation` nil takes the preset for faces where the model has landmarks, otherwise that for objects.
    /// Throws as the initialiser of a source does.
    public convenience init(
        _ datasets: [Dataset], for description: ModelDescription, augmentation: Augmentation? = nil, seed: UInt64,
        weights: [String: SourceWeight] = [:], store: PictureStore = PictureStore()
    ) throws(OcellusError) {
        let input = description.preprocessing
        let mean = input.channelOrder == .rgb ? input.mean : SIMD3(input.mean[2], input.mean[1], input.mean[0])
        try self.init(
            datasets, augmentation: augmentation ?? .preset(for: description), inputWidth: input.inputWidth,
            inputHeight: input.inputHeight, seed: seed, fit: input.fit, ground: mean, weights: weights, store: store)
    }
}

extension SampleSource {
    /// Throws `.invalidArgument` unless samples have the size of the network's input.
    func requireSize(of preprocessing: Preprocessing) throws(OcellusError) {
        guard inputWidth == preprocessing.inputWidth, inputHeight == preprocessing.inputHeight else {
            throw OcellusError(
                .invalidArgument,
                "samples of \(inputWidth)x\(inputHeight) for a network with an input of "
                    + "\(preprocessing.inputWidth)x\(preprocessing.inputHeight)")
        }
    }
}

extension Augmentation {
    /// That for faces where the model has landmarks, otherwise that for objects.
    public static func preset(for description: ModelDescription) -> Augmentation {
        description.architecture.landmarkCoder == nil ? .objects : .faces
    }
}
