// A run on disk: one .safetensors file, replaced as a whole, with the one before it beside it.
// What is in it is written here; how the arrays are read back is in Checkpoint+Restore.swift.
import Glibc
import OcellusFiles
import OcellusNetwork
import OcellusTensor

/// The arrays of a run. Writing copies none of them; restoring fills them.
public struct Checkpoint {
    /// What a restored run goes on from.
    public struct Restored: Sendable, Equatable {
        public var progress: TrainingProgress
        /// The file that was read: the one asked for, or the one before it when that was missing or damaged.
        public var path: String
        /// What was wrong with the file asked for, when another one was read.
        public var damage: String?
    }

    let parameters: [TrainableParameter]
    let statistics: [NamedValues]
    let optimizer: any Optimizer
    let average: WeightAverage?

    /// - Parameters:
    ///   - parameters: all of the network, frozen ones too.
    ///   - statistics: the running means and variances.
    public init(
        parameters: [TrainableParameter], statistics: [NamedValues], optimizer: any Optimizer, average: WeightAverage?
    ) {
        self.parameters = parameters
        self.statistics = statistics
        self.optimizer = optimizer
        self.average = average
    }

    /// Where the checkpoint before the one at `path` is kept.
    public static func previousPath(_ path: String) -> String { path + ".previous" }

    /// Where a whole checkpoint waits to take the place of the one at `path`.
    static func freshPath(_ path: String) -> String { path + ".new" }

    /// Whether there is anything for `restore` to find: the file at `path`, the one that was to take its place, or the one before it.
    static func exists(at path: String) -> Bool { places(path).contains { FileSystem.exists($0) } }

    /// Where a run at `path` may be, the newest that can be whole first.
    static func places(_ path: String) -> [String] { [path, freshPath(path), previousPath(path)] }

    /// Writes the file at `path`. What was there becomes `previousPath(path)`. When this fails or is killed at any
    /// moment, one whole checkpoint is left for `restore` to find.
    ///
    /// Throws `.invalidArgument` while averages are exchanged or for a name used twice, `.io` (disk full, no
    /// permission): then nothing has changed.
    public func write(_ progress: TrainingProgress, to path: String) throws(OcellusError) {
        guard average?.isExchanged != true else {
            throw OcellusError(
                .invalidArgument, "a checkpoint while the averages are in the network; exchange them back")
        }
        var file = ModelFileWriter()
        progress.write(into: &file)
        for entry in arrays {
            try file.add(entry.name, Parameter(dimensions: [entry.values.count], values: entry.values))
        }
        try CheckpointSum.add(to: &file)
        let fresh = Checkpoint.freshPath(path)
        Checkpoint.removeLeftovers(fresh)
        try file.write(to: fresh)
        do {
            if FileSystem.exists(path) { try Checkpoint.keep(path) }
            try Checkpoint.rename(fresh, path)
        } catch {
            unlink(fresh)
            throw error
        }
    }

    /// Every array under the name it has in the file.
    var arrays: [NamedValues] {
        var result = parameters.map { NamedValues(Name("parameter").appending($0.name), $0.values) }
        result += statistics.map { NamedValues(Name("statistic").appending($0.name), $0.values) }
        result += optimizer.state.map { NamedValues(Name("optimizer").appending($0.name), $0.values) }
        if let average {
            result += average.state.map { NamedValues(Name("averages").appending($0.name), $0.values) }
        }
        return result
    }

    /// Makes the file at `path` the previous one too. By a second link, so that `path` never is without a file; on a file
    /// system without links by renaming.
    private static func keep(_ path: String) throws(OcellusError) {
        let previous = previousPath(path)
        let spare = previous + ".new"
        unlink(spare)
        guard link(path, spare) == 0 else { return try rename(path, previous) }
        try rename(spare, previous)
    }

    static func rename(_ from: String, _ to: String) throws(OcellusError) {
        guard Glibc.rename(from, to) != 0 else { return }
        throw OcellusError(.io, "cannot rename \(from) to \(to): \(FileSystem.errorText())")
    }

    /// Removes what a run that was killed while writing has left: it would fill the disk in time.
    private static func removeLeftovers(_ path: String) {
        let folder = PathName.folder(path)
        for name in FileSystem.names(in: folder) where name.hasPrefix(PathName.last(path) + ".part-") {
            unlink(folder + "/" + name)
        }
    }
}
