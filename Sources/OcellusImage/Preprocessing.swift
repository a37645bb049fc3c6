// How a picture becomes a network's input: a value that is kept in the model file, so that nobody has to know it.
// Not the work itself: that is `Preprocessor`. Not the settings of any one model: models own those.

/// Input size, channel order, normalisation and fit of a network.
///
/// A pixel's channel (0...255) becomes `(pixel - mean) * scale`. Sizes are checked by `Preprocessor.init`.
public struct Preprocessing: Equatable, Sendable {
    /// The order of the three channels in the network's input.
    public enum ChannelOrder: Equatable, Sendable {
        case rgb
        case bgr
    }

    /// Where a letterboxed picture lies in the input.
    public enum Placement: Equatable, Sendable {
        case topLeft
        /// An odd pixel left over goes to the right or the bottom.
        case centred
    }

    /// What surrounds a letterboxed picture.
    public enum Fill: Equatable, Sendable {
        /// The mean: 0 after normalisation.
        case mean
        /// This level (0...255) in all three channels, normalised like a pixel.
        case grey(Float)
    }

    /// How a picture of another shape is brought into the input.
    public enum Fit: Equatable, Sendable {
        /// Width and height are scaled apart; the picture fills the input.
        case stretch
        /// One factor for both, so that the picture fits inside; the rest is filled.
        case letterbox(Placement, Fill)
    }

    /// In pixels.
    public var inputWidth: Int
    /// In pixels.
    public var inputHeight: Int
    public var channelOrder: ChannelOrder
    /// One a channel, in `channelOrder`, in levels (0...255).
    public var mean: SIMD3<Float>
    /// One a channel, in `channelOrder`; 1 / standard deviation.
    public var scale: SIMD3<Float>
    public var fit: Fit

    public init(
        inputWidth: Int, inputHeight: Int, channelOrder: ChannelOrder, mean: SIMD3<Float>, scale: SIMD3<Float>,
        fit: Fit
    ) {
        self.inputWidth = inputWidth
        self.inputHeight = inputHeight
        self.channelOrder = channelOrder
        self.mean = mean
        self.scale = scale
        self.fit = fit
    }

    /// Floats in an input: height * width * 3. Meaningful once `Preprocessor.init` accepted the sizes.
    public var elementCount: Int { inputWidth &* inputHeight &* 3 }
}
