// What is done to pictures before a network learns from them: settings only, each with its unit. How it is done stands
// in SampleSource; the two presets at the end are what this project trains with.

/// Settings of augmentation. Probabilities and shares are 0...1.
public struct Augmentation: Sendable, Equatable {
    /// How pictures come to lie on the canvas.
    public enum Arrangement: Sendable, Equatable {
        /// One picture, a part of it or more than it (SSD, arXiv 1512.02325, section 2.2).
        case crops(CropSettings)
        /// One picture or a mosaic at chosen object sizes, things without an object pasted over.
        case composed(CompositionSettings)
    }

    public var arrangement: Arrangement
    /// Of a picture being mirrored, left and right.
    public var flipProbability: Float = 0.5
    /// Of a picture being turned by a normally distributed angle.
    public var turnProbability: Float = 0
    /// The angle's standard deviation, in degrees.
    public var turnDegrees: Float = 10
    public var colour = ColourSettings()
    public var disguise = DisguiseSettings()
    public var light = LightSettings()
    public var degradation = DegradationSettings()
    public var ignoring = IgnoringRules()
    /// How often a picture is sampled with its nearest pixel, linearly, and with a cubic, as weights.
    public var samplingWeights: [Float] = [0.15, 0.6, 0.25]

    public init(_ arrangement: Arrangement) { self.arrangement = arrangement }

    /// For faces from 10 pixels to the whole canvas, learnt from photographs that mostly show one large face.
    public static let faces: Augmentation = {
        var settings = Augmentation(.composed(CompositionSettings()))
        settings.turnProbability = 0.4
        settings.degradation.dimProbability = 0.08
        return settings
    }()

    /// Whole pictures as detection sees them, in another order each epoch: for tests and comparisons.
    public static let none: Augmentation = {
        var crops = CropSettings()
        (crops.cropProbability, crops.zoomOutProbability) = (0, 0)
        var settings = Augmentation(.crops(crops))
        settings.flipProbability = 0
        settings.samplingWeights = [0, 1, 0]
        settings.colour.toneProbability = 0
        settings.colour.saturationProbability = 0
        settings.colour.greyProbability = 0
        settings.degradation = DegradationSettings(blurProbability: 0, jpegProbability: 0, noiseProbability: 0)
        settings.ignoring = IgnoringRules(smallestSide: 0, smallestSeenShare: 0)
        return settings
    }()

    /// For fine-tuning on photographs of objects, such as VOC's: SSD's crops and its zoom-out, mirrored and recoloured.
    public static let objects: Augmentation = {
        var settings = Augmentation(.crops(CropSettings()))
        settings.samplingWeights = [0, 0.8, 0.2]
        settings.colour.contrast = 0.7...1.3
        settings.colour.brightness = 28
        settings.colour.gamma = 0.2
        settings.colour.saturation = 0.5...1.5
        settings.colour.greyProbability = 0.05
        settings.degradation = DegradationSettings(blurProbability: 0.05, jpegProbability: 0.05, noiseProbability: 0.03)
        settings.ignoring = IgnoringRules(smallestSide: 4, smallestSeenShare: 0.3)
        return settings
    }()
}

/// Changes of colour, drawn anew for every picture on a canvas.
public struct ColourSettings: Sendable, Equatable {
    /// Of contrast, brightness, gamma and channel gains being drawn at all.
    public var toneProbability: Float = 0.8
    /// Factor about middle grey.
    public var contrast: ClosedRange<Float> = 0.6...1.4
    /// Largest shift, in levels.
    public var brightness: Float = 35
    /// The exponent is e to the power of ± this.
    public var gamma: Float = 0.35
    /// Largest change of each channel's gain.
    public var channelGain: Float = 0.12
    public var saturationProbability: Float = 0.35
    public var saturation: ClosedRange<Float> = 0.3...1.6
    /// Of losing all colour.
    public var greyProbability: Float = 0.1

    public init() {}
}

/// What befalls a whole canvas.
public struct DegradationSettings: Sendable, Equatable {
    /// Of too little light.
    public var dimProbability: Float = 0
    /// The share of levels that is left then, each octave alike.
    public var light: ClosedRange<Float> = 0.06...0.5
    public var blurProbability: Float
    /// Standard deviation in pixels, each octave alike.
    public var blur: ClosedRange<Float> = 0.4...1.8
    public var jpegProbability: Float
    public var jpegQuality: ClosedRange<Float> = 25...85
    public var noiseProbability: Float
    /// Standard deviation in levels.
    public var noise: ClosedRange<Float> = 2...12

    public init(blurProbability: Float = 0.1, jpegProbability: Float = 0.1, noiseProbability: Float = 0.05) {
        self.blurProbability = blurProbability
        self.jpegProbability = jpegProbability
        self.noiseProbability = noiseProbability
    }
}

/// Which objects on a canvas are neither to be found nor to be called background.
public struct IgnoringRules: Sendable, Equatable {
    /// Objects lower or narrower than this, in canvas pixels.
    public var smallestSide: Float
    /// Objects of whose box less than this can be seen.
    public var smallestSeenShare: Float
    /// Objects whose centre is cut off or covered.
    public var needsCentre = true

    public init(smallestSide: Float = 8, smallestSeenShare: Float = 0.45) {
        self.smallestSide = smallestSide
        self.smallestSeenShare = smallestSeenShare
    }
}
