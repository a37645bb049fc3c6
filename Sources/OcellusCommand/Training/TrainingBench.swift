// `ocellus bench --training`: pictures a second and memory of training steps.
import ArgumentParser
import Foundation
import OcellusModels
import OcellusTensor
import OcellusTraining

struct TrainingBenchOptions: ParsableArguments {
    @Flag(help: "Measure training steps instead of detection.")
    var training = false

    @Option(
        help: ArgumentHelp("With --training: a network instead of a model: \(Architecture.names).", valueName: "name"))
    var architecture: String?

    private static let usualBatch = TrainingRecipe().batch

    @Option(help: "With --training: pictures in a batch (default: \(usualBatch)).")
    var batch: Int?

    @Option(help: ArgumentHelp("With --training: as in 'train'.", valueName: "MB"))
    var memory: Int?

    @Flag(help: "With --training: leave the backbone as it is.")
    var frozenBackbone = false

    func validate() throws {
        try Count.check([("--batch", batch), ("--memory", memory)], least: 1)
        for (name, isGiven) in [
            ("--architecture", architecture != nil), ("--batch", batch != nil), ("--memory", memory != nil),
            ("--frozen-backbone", frozenBackbone),
        ] where isGiven && !training { throw ValidationError("\(name) is for --training") }
        if let architecture, Architecture(name: Name(architecture)) == nil {
            throw ValidationError("--architecture \(architecture): known are \(Architecture.names)")
        }
    }

    /// Forward, loss, backward and update on one batch in memory, `runs` times.
    func run(_ model: ModelOptions, runs: Int, json: Bool) throws {
        let trained = try start(model)
        let batch = batch ?? TrainingBenchOptions.usualBatch
        var settings = TrainingSettings(
            schedule: try Schedule(rate: 1e-4, steps: runs + 2),
            matching: try MatchingSettings(for: trained.description.architecture))
        settings.batch = batch
        settings.threads = model.threads
        settings.memoryLimit = memory.map { $0 << 20 }
        settings.optimizer = .sgd()
        settings.average = nil
        settings.loss.scoreActivation = trained.description.architecture.scoreActivation
        if frozenBackbone {
            settings.rateFactors[.backbone] = 0
            settings.normalization = .frozen
        }
        let times = Timing(try TrainingBenchmark.run(trained, settings: settings, steps: runs).map { $0 * 1000 })
        let name = trained.description.architecture.name
        let memory = Double(BenchCommand.peakResidentKilobytes()) / 1024
        if json {
            let fields: [(String, JSONValue)] = [
                ("model", .text(name)), ("threads", .integer(model.threads)), ("batch", .integer(batch)),
                ("runs", .integer(runs)), ("median_ms", .number(times.median, digits: 2)),
                ("min_ms", .number(times.minimum, digits: 2)),
                ("images_per_second", .number(Double(batch) * 1000 / times.median, digits: 2)),
                ("peak_rss_mb", .number(memory, digits: 1)), ("engine", .text("Ocellus")),
            ]
            Output.line(JSONValue.object(fields).line)
            return
        }
        Output.line(
            String(
                format: "%@  training, batch %d, %@\nstep       median %.1f ms, minimum %.1f ms (%d runs)\n"
                    + "pictures   %.1f a second; peak memory %.1f MB", name, batch,
                counted(model.threads, "thread", "threads"), times.median, times.minimum, runs,
                Double(batch) * 1000 / times.median, memory))
    }

    private func start(_ model: ModelOptions) throws -> Model {
        guard let architecture = architecture.flatMap({ Architecture(name: Name($0)) }) else {
            return try model.load().dequantized()
        }
        let description = architecture.defaultDescription()
        let graph = try description.declare()
        return try Model(description, Initialization.parameters(for: graph, architecture, seed: 1))
    }
}
