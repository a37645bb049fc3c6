// The facade: a picture in, detections out. `detect` is the way of a frame, in its order, on one page.
import OcellusDetection
import OcellusImage
import OcellusModels
import OcellusNetwork
import OcellusTensor

/// A model ready to look at pictures.
///
/// One thread at a time; distinct detectors on distinct threads are independent. `detect` allocates nothing once it
/// has seen a picture of the same size and format.
public final class Detector {
    /// What a caller may choose; the model file decides the rest.
    public struct Options: Sendable {
        /// Threads that compute, 1...64. With 1 no thread is ever started.
        public var threads = 1
        /// Smallest score reported, 0...1; nil takes the model's.
        public var scoreThreshold: Float?
        /// Overlap above which the lower of two scores goes, 0...1; nil takes the model's.
        public var overlapThreshold: Float?
        /// Detections reported a picture, 1...10,000; the best ones.
        public var maximumDetections = 200
        /// Instruction set; the best one of this machine unless a test or a measurement wants another.
        public var kernels = KernelSet.best

        public init() {}
    }

    public let description: ModelDescription
    private let preprocessor: Preprocessor
    private let engine: Engine
    private let decoder: Decoder
    private let refinement: LandmarkRefinement?
    let thresholds: Thresholds
    private let results: Buffer<Detection>
    /// How many detections the last picture had before `maximumDetections` cut them.
    public private(set) var foundCount = 0

    /// Throws `.invalidArgument` for options out of range and `.outOfMemory` when memory is short.
    public convenience init(_ model: Model, options: Options = Options()) throws(OcellusError) {
        guard 1...64 ~= options.threads else {
            throw OcellusError(.invalidArgument, "\(options.threads) threads: must be 1 to 64")
        }
        guard 1...10_000 ~= options.maximumDetections else {
            throw OcellusError(
                .invalidArgument, "at most \(options.maximumDetections) detections: must be 1 to 10000")
        }
        let description = model.description
        let architecture = description.architecture
        let pool = options.threads > 1 ? try ThreadPool(threads: options.threads) : nil
        self.init(
            description,
            try Thresholds(
                score: options.scoreThreshold ?? description.scoreThreshold,
                intersectionOverUnion: options.overlapThreshold ?? description.overlapThreshold),
            try Preprocessor(description.preprocessing, kernels: options.kernels, pool: pool),
            try Engine(model, kernels: options.kernels, pool: pool),
            try Decoder(
                anchors: try architecture.anchors(description.preprocessing), classes: description.labels.count + 1,
                boxCoder: architecture.boxCoder, landmarkCoder: architecture.landmarkCoder,
                settings: DecoderSettings(
                    scoreActivation: architecture.scoreActivation, suppression: architecture.suppression,
                    maximumDetections: options.maximumDetections, blendOverlap: description.blendOverlap),
                kernels: options.kernels),
            try description.refiner.map { refiner throws(OcellusError) in
                try LandmarkRefinement(refiner, description, kernels: options.kernels)
            },
            try Buffer(count: options.maximumDetections))
    }

    private init(
        _ description: ModelDescription, _ thresholds: Thresholds, _ preprocessor: Preprocessor, _ engine: Engine,
        _ decoder: Decoder, _ refinement: LandmarkRefinement?, _ results: Buffer<Detection>
    ) {
        self.description = description
        self.thresholds = thresholds
        self.preprocessor = preprocessor
        self.engine = engine
        self.decoder = decoder
        self.refinement = refinement
        self.results = results
    }

    /// Loads a model file. Throws `.io`, `.invalidData` and `.unsupported` with the path and the reason.
    public convenience init(path: String, options: Options = Options()) throws(OcellusError) {
        try self.init(try Model(try ModelFile(path: path)), options: options)
    }

    /// Loads a model file's bytes; they need to live only during this call.
    public convenience init(
        model bytes: UnsafeBufferPointer<UInt8>, options: Options = Options()
    ) throws(OcellusError) {
        try self.init(try Model(try ModelFile(borrowing: bytes, origin: "model in memory")), options: options)
    }

    /// Detections in pixels of `image`, best score first, clipped to it. Valid until the next call.
    ///
    /// Throws `.outOfMemory` only: what else could be wrong was refused when `image` and the detector were made.
    public func detect(_ image: ImageView) throws(OcellusError) -> UnsafeBufferPointer<Detection> {
        try detect(image, inPixelsOf: image.width, image.height)
    }

    /// The same in pixels of a picture of another size that `image` was made smaller from.
    func detect(
        _ image: ImageView, inPixelsOf width: Int, _ height: Int
    ) throws(OcellusError) -> UnsafeBufferPointer<Detection> {
        var mapping = try engine.prepare(image, preprocessor)
        mapping.source(width, height, insteadOf: image.width, image.height)
        engine.run()
        let found = try decoder.decode(engine.headRows(), thresholds)
        foundCount = found.found
        let results = UnsafeMutableBufferPointer(start: results.pointer, count: found.elements.count)
        for (index, detection) in found.elements.enumerated() { results[index] = detection }
        refinement?.refine(results, on: engine.canvas)
        for index in results.indices {
            results[index] = results[index].mapped(by: mapping, width: width, height: height)
        }
        return UnsafeBufferPointer(results)
    }

    /// The most detections that `detect` gives.
    public var maximumDetections: Int { results.count }

    /// The executor, for tools that show layers and times.
    public var network: Engine.Executor { engine.executor }

    /// Writes the network's input without running it, for tools that watch the layers.
    public func prepare(_ image: ImageView) throws(OcellusError) {
        _ = try engine.prepare(image, preprocessor)
    }
}

extension Detection {
    /// From pixels of the network's input to pixels of the source picture, clipped to it.
    func mapped(by mapping: InputMapping, width: Int, height: Int) -> Detection {
        var result = self
        let first = mapping.toSource(box.left, box.top)
        let last = mapping.toSource(box.right, box.bottom)
        result.box = Box(left: first.x, top: first.y, right: last.x, bottom: last.y)
            .clipped(toWidth: Float(width), height: Float(height))
        if hasLandmarks {
            for index in 0..<Landmarks.count {
                let point = mapping.toSource(landmarks[index].x, landmarks[index].y)
                result.landmarks[index] = Point(x: point.x, y: point.y)
            }
        }
        return result
    }
}
