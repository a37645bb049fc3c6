// Which pictures without objects a run learns from, and what it shows more often because its start model errs there.
import ArgumentParser
import OcellusData
import OcellusModels
import OcellusTensor
import OcellusTraining

struct TrainMiningOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Folder of pictures without any object, to learn what is none.", valueName: "folder"))
    var negatives: String?

    @Flag(
        help: ArgumentHelp(
            "Take pictures of --negatives in which the start model sees something more often: up to eleven times."))
    var mineNegatives = false

    @Flag(
        help: ArgumentHelp(
            "Show objects that the start model misses more often than others of their source: up to five times."))
    var mineObjects = false

    func validate() throws {
        guard negatives != nil || !mineNegatives else {
            throw ValidationError("--mine-negatives needs --negatives: the folder to look through")
        }
    }

    /// Weighs pictures by what `model` sees in them, when asked to.
    func mine(_ sets: inout TrainDataOptions.Sets, by model: Model, threads: Int) throws {
        if mineNegatives { try mineNegatives(&sets, by: model, threads: threads) }
        if mineObjects { try mineObjects(&sets, by: model, threads: threads) }
    }

    private func mineObjects(_ sets: inout TrainDataOptions.Sets, by model: Model, threads: Int) throws {
        let count = sets.training.reduce(0) { $0 + $1.pictures.filter { !$0.truths.isEmpty }.count }
        let seen = try Progress.watching(count) { show throws(OcellusError) in
            try ObjectMining.weigh(&sets.training, by: model, threads: threads, progress: show)
        }
        Output.line("the start model misses \(seen.missed) of \(counted(seen.objects, "object", "objects"))")
    }

    private func mineNegatives(_ sets: inout TrainDataOptions.Sets, by model: Model, threads: Int) throws {
        let count = sets.training.reduce(0) { $0 + $1.pictures.filter(\.isChosenEmpty).count }
        let seen = try Progress.watching(count) { show throws(OcellusError) in
            try NegativeMining.weigh(&sets.training, by: model, threads: threads, progress: show)
        }
        Output.line(
            "the start model sees something in \(seen) of \(counted(count, "picture", "pictures")) without objects")
    }
}
