// A whole run, top to bottom: train in float, measure, fold, calibrate, train under simulated quantisation, measure again,
// write. What a step is stands in TrainingSession; everything a person sees comes out through `report`.
import Ocellus
import OcellusData
import OcellusEvaluation
import OcellusFiles
import OcellusModels
import OcellusNetwork
import OcellusQuantization
import OcellusTensor

/// One run from a model and pictures to an int8 model, resumable at any moment.
public final class FineTune {
    /// What happens, as it happens.
    public enum Event {
        /// A phase begins or goes on; `best` is the best measurement in it so far, 0...1: for int8 what calibration alone came to.
        case phase(TrainingPhase, steps: Int, resumedAt: Int, best: Double?)
        /// What the values and gradients of a phase take, and how many values are computed anew to fit in.
        case planned(bytes: Int, recomputed: Int)
        case step(TrainingSession.Report, of: Int)
        case measured(Measurement, step: Int, isBest: Bool)
        case warning(String)
    }

    /// What came out.
    public struct Outcome: Sendable {
        public var before: Measurement?
        public var float: Measurement
        public var int8: Measurement
        public var floatModel: Model
        public var model: Model
    }

    /// Thrown by `run` when `stops` said so. The run's folder has everything up to the last step.
    public struct Stopped: Error {
        public init() {}
    }

    let plan: FineTunePlan
    let source: SampleSource
    let evaluation: [LabelledPicture]
    private let stops: () -> Bool
    private let report: (Event) throws -> Void

    /// - Parameters:
    ///   - evaluation: pictures that are not trained on, with their objects.
    ///   - stops: asked after every step; true ends the run once its state is written.
    ///   - report: called on this thread; what it throws ends the run, which can be resumed at its last checkpoint.
    public init(
        _ plan: FineTunePlan, source: SampleSource, evaluation: [LabelledPicture],
        stops: @escaping () -> Bool = { false }, report: @escaping (Event) throws -> Void
    ) {
        self.plan = plan
        self.source = source
        self.evaluation = evaluation
        self.stops = stops
        self.report = report
    }

    /// Runs to the end. Throws `OcellusError` for a model that no file can hold (`ModelDescription.requireWritable`), and for
    /// pictures, disks and numbers that fail; `Stopped`, and whatever `report` throws.
    public func run(_ start: Model, teacher: TeacherModel? = nil) throws -> Outcome {
        try start.description.requireWritable()
        try plan.prepareFolder()
        let before = plan.measuresBefore ? try measure(start) : nil
        let float = plan.floatSteps > 0 ? try train(.float, start, teacher: teacher) : start
        let (equalized, calibrated) = try calibrate(float)
        let floatMeasure = try measure(float)
        var best = (model: calibrated, measure: try measure(calibrated))
        if plan.quantizedSteps > 0, let network = calibrated.quantized {
            let trained = try train(
                .quantized, equalized, teacher: teacher, calibration: (network, best.measure))
            let model = try trained.quantized(ranges: network.ranges)
            let measure = try measure(model)
            // Training under simulation may not help a network that calibration already kept whole.
            if measure.quality >= best.measure.quality { best = (model, measure) }
        }
        return Outcome(
            before: before, float: floatMeasure, int8: best.measure, floatModel: float, model: best.model)
    }

    /// One phase; returns the model that measured best, or the last one where the plan says so. With a calibration, its grids
    /// round values and weights, and its measurement is the one to surpass.
    private func train(
        _ phase: TrainingPhase, _ start: Model, teacher: TeacherModel?,
        calibration: (network: QuantizedNetwork, measure: Measurement)? = nil
    ) throws -> Model {
        let network = calibration?.network
        let settings = phase == .float ? plan.float : plan.quantized
        let steps = phase == .float ? plan.floatSteps : plan.quantizedSteps
        let bestPath = plan.path(phase, "best.safetensors")
        let session = try TrainingSession(
            start, source: source, settings: settings, teacher: teacher,
            simulation: network.map { TrainingSimulation($0) })
        let checkpoint = plan.path(phase, "checkpoint.safetensors")
        var progress = TrainingProgress(
            seed: settings.seed,
            settings: ["phase": phase.name, "steps": "\(steps)", "steps between measurements": "\(plan.measureEvery)"])
        progress.settings.merge(identity(of: start, teacher)) { own, _ in own }
        var damage: String?
        if plan.resumes, Checkpoint.exists(at: checkpoint) {
            let restored = try session.restore(from: checkpoint, settings: progress.settings)
            progress = restored.progress
            damage = restored.damage.map { "\($0); going on from \(restored.path), step \(session.step)" }
        }
        // What calibration alone came to stands until training is better.
        let standing = session.step == 0 ? calibration?.measure : nil
        if let standing {
            progress.bestMetric = Float(standing.metric)
            try start.write(to: bestPath)
        }
        try report(
            .phase(phase, steps: steps, resumedAt: session.step, best: progress.bestMetric.map { Double($0) }))
        if let standing { try report(.measured(standing, step: 0, isBest: true)) }
        try report(.planned(bytes: session.plannedBytes, recomputed: session.recomputedCount))
        if let damage { try report(.warning(damage)) }
        let history = try History(
            path: plan.path(phase, "history.csv"), resumingAfter: session.step > 0 ? session.step : nil)
        if let damage = history.damage { try report(.warning("\(damage); the rows before it are kept")) }
        while session.step < steps {
            let step = try session.advance()
            if step.step == 1 {
                for warning in DivergenceCheck.warnings(
                    firstLoss: step.loss, settings: settings.loss, classes: start.description.labels.count + 1)
                { try report(.warning(warning)) }
            }
            try report(.step(step, of: steps))
            var row = HistoryRow(
                step: step.step, epoch: step.step * settings.batch * settings.accumulation / max(source.count, 1),
                rate: step.rate, loss: step.loss, gradientNorm: step.gradientNorm)
            if step.step % plan.measureEvery == 0 || step.step == steps {
                let model = try session.model()
                let found = try measure(network.map { try model.quantized(ranges: $0.ranges) } ?? model)
                row.metric = Float(found.metric)
                let isBest = found.metric >= Double(progress.bestMetric ?? -1)
                if isBest {
                    progress.bestMetric = Float(found.metric)
                    progress.bestStep = step.step
                }
                if isBest || plan.keepsLast { try model.write(to: bestPath) }
                try report(.measured(found, step: step.step, isBest: isBest))
            }
            try history.append(row)
            let isStopped = stops()
            if step.step % plan.saveEvery == 0 || step.step == steps || isStopped {
                try session.save(to: checkpoint, progress: progress)
            }
            if isStopped { throw Stopped() }
        }
        if !history.rows.isEmpty {
            try CurveDrawing.write(
                history.rows, title: "\(start.description.architecture.name), \(phase.name)",
                metricName: start.description.architecture.landmarkCoder == nil ? "mAP" : "AP of faces from 12 pixels",
                to: plan.path(phase, "curve.png"))
        }
        return try Model(try ModelFile(path: bestPath))
    }

    private func measure(_ model: Model) throws(OcellusError) -> Measurement {
        try Measurement(model, evaluation, threads: plan.float.threads)
    }
}
