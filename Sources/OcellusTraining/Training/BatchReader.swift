// Fills a batch: samples are made and normalised by all threads, because both cost about as much as a small network.
import OcellusData
import OcellusDetection
import OcellusImage
import OcellusModels
import OcellusTensor

/// What is known of a batch besides the student's input.
struct BatchContents {
    /// In pixels of the input.
    var labels: [SampleLabels]
    /// The pictures as a teacher wants them; empty when it looks at the input.
    var detailed: [RGBImage] = []
}

/// Where a session's batches come from.
protocol BatchMaker {
    /// Writes samples `first..<first + count` to `input`, normalised, and returns what else is known about them.
    func read(
        first: Int, count: Int, into input: UnsafeMutablePointer<Float>, _ pool: ThreadPool
    ) throws(OcellusError) -> BatchContents
}

/// Turns numbered samples of a source into a network's input and the objects in them.
final class BatchReader: BatchMaker {
    private let source: SampleSource
    private let preprocessors: [Preprocessor]
    private let elements: Int
    private let detail: Float?

    /// The model's own preprocessing: what is trained is what inference will see. `detail` as in `SampleSource.sample`.
    init(
        _ source: SampleSource, _ preprocessing: Preprocessing, threads: Int, detail: Float? = nil
    ) throws(OcellusError) {
        try source.requireSize(of: preprocessing)
        self.source = source
        self.detail = detail
        elements = preprocessing.elementCount
        var preprocessors: [Preprocessor] = []
        for _ in 0..<threads { preprocessors.append(try Preprocessor(preprocessing)) }
        self.preprocessors = preprocessors
    }

    /// Throws what reading the first unreadable picture throws.
    func read(
        first: Int, count: Int, into input: UnsafeMutablePointer<Float>, _ pool: ThreadPool
    ) throws(OcellusError) -> BatchContents {
        let samples = try pool.results(count) { index, worker throws(OcellusError) in
            let sample = try source.sample(at: first + index, detail: detail)
            _ = try preprocessors[worker].run(sample.image.view, into: input + index * elements)
            return sample
        }
        return BatchContents(labels: samples.map(\.labels), detailed: samples.compactMap(\.detailed))
    }
}
