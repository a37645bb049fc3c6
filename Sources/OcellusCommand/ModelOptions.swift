// Options that several subcommands share: which model, how many threads, from which score on.
import ArgumentParser
import Foundation
import Ocellus
import OcellusModels
import OcellusNetwork
import OcellusTensor

struct ModelOptions: ParsableArguments {
    @Option(help: "Model file (.safetensors), as 'ocellus import' writes it.")
    var model: String

    @Option(help: "Threads that compute.")
    var threads = 1

    func load() throws -> Model { try Model(try ModelFile(path: model)) }
}

struct ThresholdOptions: ParsableArguments {
    @Option(help: "Smallest score reported, 0 to 1 (default: the model's).")
    var threshold: Float?

    @Option(help: "Overlap above which the lower of two scores goes, 0 to 1 (default: the model's).")
    var overlap: Float?

    @Option(help: "Detections reported a picture.")
    var maximum = 200
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
