// `ocellus train`: labelled pictures and a model in, an int8 model that knows them out, measured before and after.
import ArgumentParser
import Foundation
import OcellusData
import OcellusModels
import OcellusTensor
import OcellusTraining

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Teaches a model what labelled pictures show.",
        discussion: """
            Starts from a float model (--from FILE) or from nothing (--from scratch --architecture NAME), trains it in \
            float, then under simulated int8 arithmetic, and writes an int8 model (--out) with the float model, the curve \
            and a card beside it. With other classes than the model's, backbone and neck stay and the class heads start \
            anew. A run keeps its state in the folder FILE.run and goes on with --resume after any interruption.
            """)

    @OptionGroup var data: TrainDataOptions
    @OptionGroup var mining: TrainMiningOptions
    @OptionGroup var schedule: TrainScheduleOptions
    @OptionGroup var thresholds: TrainThresholdOptions

    @Option(
        help: ArgumentHelp(
            "Float model to start from, 'face' (the model inside the library) or 'scratch'.",
            valueName: "file|face|scratch"))
    var from: String

    @Option(
        help: ArgumentHelp(
            "Network to start from scratch, or a wider one than the model's that the model is to become: \(Architecture.names).",
            valueName: "name"))
    var architecture: String?

    @Flag(
        help: ArgumentHelp(
            "Give a model whose batch normalisations are folded into its weights ('face', every int8 one) new ones, measured "
                + "on 256 samples: for long runs at rates above 0.0005."))
    var unfold = false

    @Option(help: ArgumentHelp("int8 model to write (.safetensors).", valueName: "file"))
    var out: String

    @Option(
        help: ArgumentHelp(
            "Network to learn from besides: a float model of the same anchors and classes, or YuNet-n as published "
                + "(.onnx).", valueName: "file"))
    var teacher: String?

    @Option(
        help: ArgumentHelp(
            "Side of the input in pixels while training, for networks of any size; --out keeps it.",
            valueName: "pixels"))
    var size: Int?

    @Flag(help: "Go on with the run in FILE.run.")
    var resume = false

    func validate() throws {
        guard out.hasSuffix(".safetensors") else {
            throw ValidationError("--out \(out): the name must end in .safetensors")
        }
        if from == "scratch", architecture == nil {
            throw TrainCommand.needsArchitecture
        }
        if let architecture, Architecture(name: Name(architecture)) == nil {
            throw ValidationError("--architecture \(architecture): known are \(Architecture.names)")
        }
        if from == "scratch", unfold {
            throw ValidationError("--unfold is for a model to start from: random numbers have nothing folded in")
        }
        if from == "scratch", mining.mineNegatives || mining.mineObjects {
            throw ValidationError(
                "--mine-negatives and --mine-objects need a model to start from that has learnt something: --from FILE")
        }
        if teacher == nil, let name = schedule.firstOnTeachers { throw ValidationError("\(name) needs --teacher") }
        for read in [from, teacher ?? ""] {
            for written in [out, floatOut] where FilePath.areSameFile(written, read) {
                throw ValidationError(
                    "--out \(out): \(written), which it writes, would replace \(read), which it reads")
            }
        }
        if let size, !ModelDescription.inputSides.contains(size) {
            let sides = ModelDescription.inputSides
            throw ValidationError("--size \(size): must be \(sides.lowerBound) to \(sides.upperBound)")
        }
    }

    static var needsArchitecture: ValidationError {
        ValidationError("--from scratch needs --architecture: \(Architecture.names)")
    }

    /// The path of `out` without its ending.
    private var base: String { String(out.dropLast(".safetensors".count)) }

    /// Where the float model goes.
    private var floatOut: String { base + ".float.safetensors" }

    func run() throws {
        Output.outlivesReader = true
        try ModelCard.requireReplaceable(base + ".md")
        let loaded = try loadStart()
        var sets = try data.read(likely: loaded?.description.labels ?? [], negatives: mining.negatives)
        let (begin, notes) = try startModel(loaded, classes: sets.classes)
        try begin.description.requireWritable()
        let sized = try size.map { side in try begin.resized(to: side) } ?? begin
        let first = try thresholds.applied(to: sized)
        for note in notes { Output.line(note) }
        try data.requireUse(by: first.description)
        try schedule.requireUse(by: first.description)
        try mining.mine(&sets, by: first, threads: schedule.threads)
        let source = try data.source(sets, first.description, seed: schedule.seed)
        let start = unfold ? try first.unfolded(on: source, threads: schedule.threads) : first
        let recipe = schedule.recipe
        let epoch = recipe.epochSteps(pictures: source.count)
        var plan = try recipe.plan(for: start.description.architecture, epoch: epoch, folder: out + ".run")
        plan.resumes = resume
        plan.measuresBefore = from != "scratch"
        let taught = try teacher.map { try loadTeacher($0) }
        Output.line(
            "\(counted(sets.trainCount, "picture", "pictures")) to learn from, "
                + "\(sets.evaluation.count) to measure on, \(start.description.labels.joined(separator: ", "))")
        let sharedCount = sets.sharedCount
        if sharedCount > 0 {
            Report.failure(
                "\(counted(sharedCount, "picture", "pictures")) to measure on learnt from as well: what is measured is too good"
            )
        }
        let display = TrainingDisplay(batch: schedule.batch * schedule.accumulate, epoch: epoch)
        let run = FineTune(plan, source: source, evaluation: sets.evaluation) { try display.show($0) }
        let outcome = try run.run(start, teacher: taught)
        display.clear()
        let card = ModelCard(
            outcome: outcome, plan: plan, data: [data.data] + (mining.negatives.map { [$0] } ?? []), from: from,
            teacher: teacher, trainCount: sets.trainCount,
            evaluationCount: sets.evaluation.count, sharedCount: sharedCount)
        try outcome.model.adding(card.provenance).write(to: out)
        try outcome.floatModel.adding(card.provenance).write(to: floatOut)
        try card.write(to: base + ".md")
        if let before = outcome.before { Output.line("before  \(before.summary)") }
        Output.line("float   \(outcome.float.summary)")
        Output.line("int8    \(outcome.int8.summary)")
        let size = (try? FileManager.default.attributesOfItem(atPath: out)[.size] as? Int) ?? 0
        Output.line(
            String(
                format: "%@  %.1f MB · float %@ · card %@.md · curves in %@.run",
                printable(out), Double(size) / 1e6, printable(floatOut), printable(base), printable(out)))
    }
}
