// Options that several subcommands share: which model, how many threads, from which score on.
import ArgumentParser
import Foundation
import Ocellus
import OcellusModels
import OcellusNetwork
import OcellusTensor

struct ModelOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Model file (.safetensors), or 'face': the model inside the library.", valueName: "file|face"))
    var model: String = EmbeddedModel.faceName

    @Option(help: "Threads that compute, 1 to 64.")
    var threads = 1

    /// The file or name that was given; never empty after `validate`.
    var path: String { model }

    func validate() throws {
        guard !model.isEmpty else { throw ValidationError("--model: needs a file or 'face'") }
        guard 1...64 ~= threads else { throw ValidationError("--threads \(threads): must be 1 to 64") }
    }

    func load() throws(OcellusError) -> Model { try ModelOptions.load(path) }

    static func load(_ path: String) throws(OcellusError) -> Model {
        if path == EmbeddedModel.faceName { return try EmbeddedModel.face() }
        do throws(OcellusError) {
            let file = try ModelFile(path: path)
            guard file.metadata("format")?.hasPrefix("ocellus") == true else {
                throw ForeignFile.weights("a safetensors file of another program").error(path)
            }
            return try Model(file)
        } catch {
            guard error.code == .invalidData, let kind = ForeignFile.kind(of: path) else { throw error }
            throw kind.error(path)
        }
    }
}

struct ThresholdOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Smallest score reported, 0 to 1 (default: the model's).", valueName: "score"))
    var threshold: Float?

    @Option(
        help: ArgumentHelp(
            "Of two boxes that share more than this, 0 to 1, only the better one is reported (default: the model's).",
            valueName: "share"))
    var overlap: Float?

    @Option(help: ArgumentHelp("Most detections reported a picture, 1 to 10000.", valueName: "count"))
    var maximum = 200

    func validate() throws {
        try Share.check([("--threshold", threshold), ("--overlap", overlap)])
        guard 1...10_000 ~= maximum else { throw ValidationError("--maximum \(maximum): must be 1 to 10000") }
    }
}

extension Detector.Options {
    init(_ model: ModelOptions, _ thresholds: ThresholdOptions) {
        self.init()
        threads = model.threads
        scoreThreshold = thresholds.threshold
        overlapThreshold = thresholds.overlap
        maximumDetections = thresholds.maximum
    }
}
