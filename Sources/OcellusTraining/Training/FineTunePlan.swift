// What a run is to do and where it keeps what it has: settings of both phases, how often to measure and save, its folder.
import OcellusFiles
import OcellusModels
import OcellusQuantization
import OcellusTensor

/// The two halves of a run.
public enum TrainingPhase: Sendable, Equatable {
    case float
    /// Values and weights are rounded as the int8 model will round them.
    case quantized

    public var name: String { self == .float ? "float" : "int8" }
}

/// A plan for `FineTune`.
public struct FineTunePlan: Sendable {
    public var float: TrainingSettings
    public var quantized: TrainingSettings
    public var floatSteps: Int
    /// 0: calibration alone makes the integers.
    public var quantizedSteps: Int
    /// Steps between measurements on the evaluation pictures; the last step is always measured.
    public var measureEvery: Int
    /// Steps between checkpoints.
    public var saveEvery: Int
    /// Whether the model is measured before anything is trained.
    public var measuresBefore = true
    public var calibration = CalibrationMethod.meanSquaredError
    public var calibrationPictures = 200
    /// Checkpoints, histories and the best models so far; made when it is not there.
    public var folder: String
    /// A phase ends with its last model instead of the one that measured best: a few pictures are a poor judge.
    public var keepsLast = false
    /// Goes on with what is in `folder`; otherwise a run that is there is an error, because it would be lost.
    public var resumes = false

    public init(
        float: TrainingSettings, quantized: TrainingSettings, floatSteps: Int, quantizedSteps: Int, measureEvery: Int,
        saveEvery: Int, folder: String
    ) {
        self.float = float
        self.quantized = quantized
        self.floatSteps = floatSteps
        self.quantizedSteps = quantizedSteps
        self.measureEvery = measureEvery
        self.saveEvery = saveEvery
        self.folder = folder
    }

    /// A file of a phase in the run's folder.
    public func path(_ phase: TrainingPhase, _ name: String) -> String { "\(folder)/\(phase.name)-\(name)" }

    /// Throws `.invalidArgument` when the folder holds a run that is not to be resumed, `.io` when it cannot be made.
    func prepareFolder() throws(OcellusError) {
        let holdsRun = [TrainingPhase.float, .quantized].contains {
            Checkpoint.exists(at: path($0, "checkpoint.safetensors"))
        }
        if !resumes, holdsRun {
            throw OcellusError(
                .invalidArgument,
                "\(folder) holds a run already: go on with it by --resume, or remove the folder to start anew")
        }
        try FileSystem.makeFolder(folder)
        removeLeftovers()
    }

    /// Removes what a run was writing when it was killed: files without their names yet, which would fill the disk in time.
    private func removeLeftovers() {
        for name in FileSystem.names(in: folder) {
            guard [TrainingPhase.float, .quantized].contains(where: { name.hasPrefix($0.name + "-") }) else { continue }
            let isUnfinished = name.split(separator: ".").contains { $0.hasPrefix("part-") }
            if isUnfinished || name.hasSuffix(".previous.new") { FileSystem.removeFile("\(folder)/\(name)") }
        }
    }
}
