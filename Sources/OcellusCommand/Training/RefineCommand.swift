// `ocellus refine`: labelled faces and a face model in, the same model with a second look at each face's points out.
import ArgumentParser
import Foundation
import OcellusData
import OcellusEvaluation
import OcellusFiles
import OcellusModels
import OcellusTensor
import OcellusTraining

struct RefineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refine", abstract: "Teaches a face model to set its five points more exactly.",
        discussion: """
            Trains a small network that looks at each face that the model has found, turned upright, and moves its points. It \
            becomes part of the model, float or int8, 'face' too: boxes and scores stay as they are, and so does the time but for \
            a part of a millisecond a face. What it needs are faces whose points people set. For example: ocellus refine \
            --data faces --model face --machine-landmark-weight 0.05 --out better.safetensors. A run keeps its state in the folder \
            FILE.run and goes on with --resume after any interruption.
            """)

    @OptionGroup var data: TrainDataOptions

    @Option(help: ArgumentHelp("Model file (.safetensors) with landmarks, or face.", valueName: "file|face"))
    var model: String

    @Option(help: ArgumentHelp("Model file to write (.safetensors).", valueName: "file"))
    var out: String

    @Option(help: ArgumentHelp("Steps of the run.", valueName: "count"))
    var steps = RefinerSettings().steps

    @Option(help: "Squares around faces in a step, a multiple of 4.")
    var batch = RefinerSettings().batch

    @Option(help: "Learning rate after the warm-up.")
    var rate = RefinerSettings().rate

    @Option(
        name: .customLong("threads"),
        help: ArgumentHelp(
            "Threads that compute, 1 to 64 (default: as many as there are processors).", valueName: "threads"))
    var givenThreads: Int?

    @Option(help: "Random numbers follow from it: the same seed, data and threads give the same model.")
    var seed = RefinerSettings().seed

    @Option(help: ArgumentHelp("Steps between measurements.", valueName: "count"))
    var measureEvery = RefinerSettings().measureEvery

    @Flag(help: "Go on with the run in FILE.run.")
    var resume = false

    private var threads: Int { givenThreads ?? min(64, ProcessInfo.processInfo.activeProcessorCount) }

    func validate() throws {
        guard out.hasSuffix(".safetensors") else {
            throw ValidationError("--out \(out): the name must end in .safetensors")
        }
        guard !FilePath.areSameFile(out, model) else {
            throw ValidationError("--out \(out): the new model would replace the one it is made of")
        }
        try Count.check([("--steps", steps), ("--batch", batch), ("--measure-every", measureEvery)], least: 1)
        guard batch % 4 == 0 else { throw ValidationError("--batch \(batch): must be a multiple of 4") }
        guard rate > 0, rate.isFinite else { throw ValidationError("--rate \(rate): must be above 0") }
        guard 1...64 ~= threads else { throw ValidationError("--threads \(threads): must be 1 to 64") }
    }

    func run() throws {
        Output.outlivesReader = true
        let start = try ModelOptions.load(model)
        guard start.description.architecture.landmarkCoder != nil else {
            throw OcellusError(
                .invalidArgument, "\(model): \(start.description.architecture.name) has no landmarks to refine")
        }
        try start.description.requireWritable()
        try data.requireUse(by: start.description)
        let sets = usable(try data.read(likely: start.description.labels))
        guard sets.trainCount > 0, !sets.evaluation.isEmpty else {
            throw OcellusError(
                .invalidArgument,
                "\(data.data): no picture to \(sets.trainCount > 0 ? "measure on" : "learn from") has a face with landmarks that "
                    + "count: see --split, --validation, --validation-pictures and --machine-landmark-weight")
        }
        let display = RefineDisplay(batch: batch)
        let training = try training(start.description, sets, display)
        // What cannot run is refused before the start model is measured.
        try training.check()
        let before = try OcellusTraining.Measurement(start, sets.evaluation, threads: threads)
        Output.line(
            "\(counted(sets.trainCount, "picture", "pictures")) to learn from, \(sets.evaluation.count) to measure on: "
                + points(before))
        if sets.sharedCount > 0 {
            Report.failure(
                "\(counted(sets.sharedCount, "picture", "pictures")) to measure on learnt from as well: what is measured is too good"
            )
        }
        let outcome = try training.run()
        display.clear()
        display.show(outcome)
        let refined = start.refining(outcome.refiner)
        let after = try OcellusTraining.Measurement(refined, sets.evaluation, threads: threads)
        try refined.adding(provenance(sets, before, after)).write(to: out)
        Output.line("before  \(points(before))")
        Output.line("after   \(points(after))")
        Output.line("\(printable(out))  · curve and state in \(printable(out)).run")
    }

    private func training(
        _ description: ModelDescription, _ sets: TrainDataOptions.Sets, _ display: RefineDisplay
    ) throws -> RefinerTraining {
        var settings = RefinerSettings()
        (settings.steps, settings.batch, settings.rate, settings.seed) = (steps, batch, rate, seed)
        (settings.threads, settings.measureEvery, settings.resumes) = (threads, measureEvery, resume)
        settings.warmUp = min(settings.warmUp, max(1, steps / 10))
        let held = Dataset(name: "held back", classes: sets.classes, pictures: sets.evaluation)
        return RefinerTraining(
            source: try data.source(sets, description, seed: seed),
            held: try SampleSource([held], for: description, augmentation: Augmentation.none, seed: seed),
            for: description, settings, folder: out + ".run"
        ) { try display.show($0) }
    }

    /// Pictures that have a face whose landmarks count; those to measure on without the landmarks that do not.
    private func usable(_ sets: TrainDataOptions.Sets) -> TrainDataOptions.Sets {
        var sets = sets
        for index in sets.training.indices {
            sets.training[index].pictures = sets.training[index].pictures.filter(RefinerTraining.isUsable)
        }
        sets.evaluation = heldBack(sets)
        return sets
    }

    private func heldBack(_ sets: TrainDataOptions.Sets) -> [LabelledPicture] {
        sets.evaluation.compactMap { picture in
            var picture = picture
            for index in picture.truths.indices
            where picture.truths[index].landmarkWeight < 1 && data.machineLandmarkWeight == 0 {
                picture.truths[index].landmarks = nil
            }
            return RefinerTraining.isUsable(picture) ? picture : nil
        }
    }

    private func points(_ measurement: OcellusTraining.Measurement) -> String {
        guard let face = measurement.faces.first(where: { $0.smallestHeight == 12 }), let nme = face.nme,
            let median = face.medianNME
        else { return "no face with landmarks found" }
        return String(
            format: "NME %.4f, median %.4f over %@", nme, median, counted(face.landmarkErrors.count, "face", "faces"))
    }

    private func provenance(
        _ sets: TrainDataOptions.Sets, _ before: OcellusTraining.Measurement, _ after: OcellusTraining.Measurement
    ) -> [(key: String, value: String)] {
        [
            (
                "landmarks refined",
                "\(ModelCard.today()), \(PathName.last(data.data)): \(sets.trainCount) pictures, \(steps) steps of \(batch) "
                    + "squares, rate \(rate), seed \(seed), \(threads) threads; \(points(before)) before, \(points(after)) after"
            )
        ]
    }
}
