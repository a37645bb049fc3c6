// A whole run, top to bottom: learn in float, measure, fold, calibrate, turn into integers, measure again. What a step is stands
// in RefinerSession; everything a person sees comes out through `report`.
import OcellusData
import OcellusFiles
import OcellusModels
import OcellusNetwork
import OcellusQuantization
import OcellusTensor

/// One run from labelled faces to a refiner in integers, resumable at any moment.
public final class RefinerTraining {
    /// What happens, as it happens.
    public enum Event {
        case began(steps: Int, resumedAt: Int)
        case step(TrainingSession.Report, of: Int)
        case measured(RefinerMeasure, step: Int)
        case warning(String)
    }

    /// What came out.
    public struct Outcome: Sendable {
        public var refiner: LandmarkRefiner
        public var float: RefinerMeasure
        public var int8: RefinerMeasure
    }

    /// Canvases whose squares ranges are taken from.
    private static let calibrationCanvases = 128
    /// Pictures whose squares are measured on at most: they are kept, 110 KB each.
    private static let heldCanvases = 512

    private let source: SampleSource
    private let held: SampleSource
    private let description: ModelDescription
    private let settings: RefinerSettings
    private let folder: String
    private let report: (Event) throws -> Void

    /// - Parameters:
    ///   - source: faces to learn from, on canvases of the model's input.
    ///   - held: faces to measure on.
    ///   - description: of the model whose landmarks are to be refined.
    ///   - folder: where the run keeps its state; made when it is not there.
    ///   - report: called on this thread; what it throws ends the run, which can be resumed at its last checkpoint.
    public init(
        source: SampleSource, held: SampleSource, for description: ModelDescription, _ settings: RefinerSettings,
        folder: String, report: @escaping (Event) throws -> Void
    ) {
        self.source = source
        self.held = held
        self.description = description
        self.settings = settings
        self.folder = folder
        self.report = report
    }

    private func path(_ name: String) -> String { "\(folder)/refiner-\(name)" }

    private var checkpoint: String { path("checkpoint.safetensors") }

    /// Throws `.invalidArgument` for settings out of range and a folder that holds another run, `.invalidData` where no picture has a
    /// face with landmarks that count: before anything that takes long.
    public func check() throws(OcellusError) {
        try settings.check()
        for (name, pictures) in [("to learn from", source.pictures), ("to measure on", held.pictures)]
        where !pictures.contains(where: RefinerTraining.isUsable) {
            throw OcellusError(.invalidData, "no picture \(name) has a face with landmarks that count")
        }
        guard settings.resumes || !Checkpoint.exists(at: checkpoint) else {
            throw OcellusError(
                .invalidArgument,
                "\(folder) holds a run already: go on with it by --resume, or remove the folder to start anew")
        }
    }

    /// Whether a picture has a face that is learnt from and measured on.
    public static func isUsable(_ picture: LabelledPicture) -> Bool {
        picture.truths.contains(where: RefinerSquares.counts)
    }

    /// Runs to the end. Throws what `check` throws, `OcellusError` for pictures, disks and numbers that fail and where all faces
    /// are too small, and whatever `report` throws.
    public func run() throws -> Outcome {
        try check()
        try FileSystem.makeFolder(folder)
        let pool = try ThreadPool(threads: settings.threads)
        let squares = try RefinerSquares(source, description.preprocessing, threads: settings.threads)
        let heldCount = min(held.count, RefinerTraining.heldCanvases)
        let probe = try RefinerProbe(
            try RefinerSquares(
                held, description.preprocessing, threads: settings.threads, plainCount: heldCount),
            canvases: heldCount, pool)
        guard probe.count > 0 else { throw RefinerTraining.tooSmall("to measure on") }
        let session = try RefinerSession(squares, settings)
        var restored: Checkpoint.Restored?
        if settings.resumes, Checkpoint.exists(at: checkpoint) {
            restored = try session.restore(from: checkpoint, settings: identity)
        }
        try report(.began(steps: settings.steps, resumedAt: session.step))
        if let restored, let damage = restored.damage {
            try report(.warning("\(damage); going on from \(restored.path), step \(session.step)"))
        }
        try learn(session, probe)
        let (graph, parameters) = try session.folded()
        let refiner = try quantized(graph, parameters, squares, pool)
        return Outcome(
            refiner: refiner, float: try probe.measure(graph, parameters), int8: try probe.measure(refiner))
    }

    private static func tooSmall(_ use: String) -> OcellusError {
        OcellusError(
            .invalidData,
            "every face \(use) whose landmarks count is too small in the network's input: the eyes must be about 5 pixels apart"
        )
    }

    private func learn(_ session: RefinerSession, _ probe: RefinerProbe) throws {
        let history = try History(path: path("history.csv"), resumingAfter: session.step > 0 ? session.step : nil)
        if let damage = history.damage { try report(.warning("\(damage); the rows before it are kept")) }
        let canvases = settings.batch / RefinerSquares.perCanvas
        var faces = history.rows.reduce(0) { $0 + $1.loss.positives }
        while session.step < settings.steps {
            let step = try session.advance()
            faces += step.loss.positives
            if step.step == min(20, settings.steps), faces == 0 { throw RefinerTraining.tooSmall("to learn from") }
            var row = HistoryRow(
                step: step.step, epoch: step.step * canvases / max(source.count, 1), rate: step.rate, loss: step.loss,
                gradientNorm: step.gradientNorm)
            try report(.step(step, of: settings.steps))
            if step.step % settings.measureEvery == 0 || step.step == settings.steps {
                let (graph, parameters) = try session.folded()
                let measure = try probe.measure(graph, parameters)
                row.metric = Float(measure.near)
                try report(.measured(measure, step: step.step))
            }
            try history.append(row)
            if step.step % settings.saveEvery == 0 || step.step == settings.steps {
                try session.save(to: checkpoint, settings: identity)
            }
        }
        guard !history.rows.isEmpty else { return }
        try CurveDrawing.write(
            history.rows, title: "landmark refiner", metricName: "points within a tenth of the eyes' distance",
            to: path("curve.png"))
    }

    private func quantized(
        _ graph: Graph, _ parameters: Parameters, _ squares: RefinerSquares, _ pool: ThreadPool
    ) throws(OcellusError) -> LandmarkRefiner {
        let calibrator = try Calibrator(graph, parameters, method: .meanSquaredError)
        try RefinerProbe(squares, canvases: RefinerTraining.calibrationCanvases, pool).forEachSquare { square in
            calibrator.input.update(from: square, count: RefinerSquares.elements)
            calibrator.observe()
        }
        let quantizer = Quantizer(graph, parameters, LandmarkRefiner.normalization)
        return try LandmarkRefiner(try quantizer.quantize(ranges: try calibrator.ranges()))
    }

    /// What a run that goes on must have in common with the one it goes on from, besides its settings.
    private var identity: [String: String] {
        let weights = source.weights.sorted { $0.key < $1.key }
            .map { "\($0.key)=\($0.value.single):\($0.value.mosaic):\($0.value.empty)" }
        return [
            "training pictures": Fingerprint(source.pictures).text,
            "validation pictures": Fingerprint(held.pictures).text,
            "augmentation": Fingerprint("\(source.augmentation)").text,
            "source weights": weights.isEmpty ? "none" : weights.joined(separator: ","),
            "landmark weights": Fingerprint("\(source.pictures.map { $0.truths.map(\.landmarkWeight) })").text,
            "input": Fingerprint("\(description.preprocessing)").text,
        ]
    }
}
