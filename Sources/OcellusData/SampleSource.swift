// What training reads: an endless row of samples, each a pure function of the seed and its index. Any thread may ask for
// any index in any order; a training run that goes on at step 1,000 gets what it would have got without the break.
import OcellusDetection
import OcellusFiles
import OcellusImage
import OcellusTensor

/// Pictures of a network's size with their objects, augmented or plain.
public final class SampleSource: Sendable {
    /// All pictures of the datasets, in their order.
    public let pictures: [LabelledPicture]
    public let augmentation: Augmentation
    /// In pixels.
    public let inputWidth: Int
    /// In pixels.
    public let inputHeight: Int
    /// How a plain picture and a crop are brought to the size of the input.
    public let fit: Preprocessing.Fit
    /// Red, green, blue around a letterboxed picture and behind pasted ones: the network's mean.
    public let ground: SIMD3<Float>
    public let seed: UInt64
    /// How often each collection is drawn; empty: every picture is as likely as any other.
    public let weights: [String: SourceWeight]
    let store: PictureStore
    let pools: SourcePools
    /// Indices of `pictures`, each as often as it is to come.
    private let round: [Int]

    /// Samples of `datasets`, which must have the same classes.
    ///
    /// `weights` says how often each collection is drawn by `Augmentation.Arrangement.composed`; without it every picture
    /// is as likely as any other. Crops take every picture as often as its `repeats` says before they begin anew, in
    /// another order each time. Sources of different sizes may share a `store`.
    /// Throws `.invalidArgument` for an input outside 16...4096 pixels, no picture, classes that differ, weights below 0 or
    /// of nothing that is there, and none above 0.
    public convenience init(
        _ datasets: [Dataset], augmentation: Augmentation, inputWidth: Int, inputHeight: Int, seed: UInt64,
        fit: Preprocessing.Fit = .letterbox(.topLeft, .mean), ground: SIMD3<Float> = SIMD3(123, 117, 104),
        weights: [String: SourceWeight] = [:], store: PictureStore = PictureStore()
    ) throws(OcellusError) {
        guard 16...4096 ~= inputWidth, 16...4096 ~= inputHeight else {
            throw OcellusError(
                .invalidArgument, "an input of \(inputWidth)x\(inputHeight) pixels: each side must be 16 to 4096")
        }
        for dataset in datasets where !dataset.classes.isEmpty && dataset.classes != datasets[0].classes {
            throw OcellusError(
                .invalidArgument,
                "the datasets \(datasets[0].name) and \(dataset.name) have different classes: read both with one list")
        }
        let pictures = datasets.flatMap(\.pictures)
        guard !pictures.isEmpty else {
            throw OcellusError(.invalidArgument, "no pictures to train on: the dataset or the split is empty")
        }
        let pools = SourcePools(pictures, weights: weights)
        try pools.check(weights)
        self.init(pictures, augmentation, inputWidth, inputHeight, seed, fit, ground, weights, pools, store)
    }

    private init(
        _ pictures: [LabelledPicture], _ augmentation: Augmentation, _ inputWidth: Int, _ inputHeight: Int,
        _ seed: UInt64, _ fit: Preprocessing.Fit, _ ground: SIMD3<Float>,
        _ weights: [String: SourceWeight], _ pools: SourcePools, _ store: PictureStore
    ) {
        self.pictures = pictures
        self.augmentation = augmentation
        self.inputWidth = inputWidth
        self.inputHeight = inputHeight
        self.seed = seed
        self.fit = fit
        self.ground = ground
        self.weights = weights
        self.pools = pools
        round = pictures.indices.flatMap { repeatElement($0, count: max(1, pictures[$0].repeats)) }
        self.store = store
    }

    /// Pictures: an epoch has as many samples.
    public var count: Int { pictures.count }

    /// So many pixels of a canvas, in pixels of one with a detail; a sample's sides with a detail are these of the input's.
    public static func side(_ length: Int, detail: Float) -> Int { Int((Float(length) * detail).rounded()) }

    /// Augmented sample number `index`; any index that is not negative is valid.
    ///
    /// With a `detail` of 1...8 the sample has its canvas in as much finer detail too, not disguised, shaded or degraded.
    ///
    /// Throws `.invalidArgument` for another detail, and what reading a picture throws: `.io`, `.invalidData`, `.unsupported`,
    /// `.outOfMemory`.
    public func sample(at index: Int, detail: Float? = nil) throws(OcellusError) -> Sample {
        guard 1...8 ~= detail ?? 1 else {
            throw OcellusError(.invalidArgument, "a canvas in \(detail ?? 1) times its detail: expected 1 to 8")
        }
        var random = SeededRandom(seed: seed, index: index)
        var painter = try CanvasPainter(width: inputWidth, height: inputHeight, detail: detail)
        switch augmentation.arrangement {
        case .crops(let settings): try paintCrop(settings, picture(at: index), on: &painter, &random)
        case .composed(let settings): try compose(settings, on: &painter, &random)
        }
        Disguise.apply(augmentation.disguise, to: painter.image, painter.objects, &random)
        UnevenLight.apply(augmentation.light, to: painter.image, painter.objects, &random)
        let image = try Degradation.apply(augmentation.degradation, to: painter.image, &random)
        return Sample(image: image, detailed: painter.detailed, labels: painter.labels(augmentation.ignoring))
    }

    /// Picture `index` (modulo their number) as inference sees it: resized, not augmented.
    ///
    /// Throws what reading a picture throws.
    public func plain(at index: Int) throws(OcellusError) -> Sample {
        let picture = pictures[((index % count) + count) % count]
        let image = try picture.read()
        let preprocessing = Preprocessing(
            inputWidth: inputWidth, inputHeight: inputHeight, channelOrder: .rgb, mean: ground, scale: SIMD3(1, 1, 1),
            fit: fit)
        let result = try RGBImage(width: inputWidth, height: inputHeight)
        let mapping = try Preprocessor(preprocessing).run(image.view, into: result.pixels.pointer)
        let map = AffineMap(
            centre: Point(x: 0, y: 0), target: Point(x: mapping.offsetX, y: mapping.offsetY), scaleX: mapping.scaleX,
            scaleY: mapping.scaleY)
        let truths = picture.truths.inside(PixelSize(width: image.width, height: image.height))
        return Sample(
            image: result, labels: SampleLabels(truths.map { $0.mapped(by: map, isFlipped: false) }))
    }

    /// The picture of a place in the endless row: every round has each of them as often as its `repeats` says.
    private func picture(at index: Int) -> LabelledPicture {
        let order = RandomOrder(count: round.count, seed: seed, epoch: index / round.count)
        return pictures[round[order.element(index % round.count)]]
    }
}
