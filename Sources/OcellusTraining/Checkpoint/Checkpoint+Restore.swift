// Reading a run back. Everything is checked before the first number changes.
import OcellusFiles
import OcellusNetwork
import OcellusTensor

extension Checkpoint {
    /// Fills all arrays from the file at `path`, or from the best one beside it when that is missing or damaged.
    ///
    /// - Parameter settings: what the run has now; nil accepts any. See `TrainingProgress.settings`.
    ///
    /// Throws `.io` when there is neither, `.invalidData` for files that are damaged, are no checkpoints or belong to
    /// another network, `.invalidArgument` for other settings; the network then is unchanged.
    public func restore(from path: String, settings: [String: String]? = nil) throws(OcellusError) -> Restored {
        let (file, progress, used, damage) = try Checkpoint.open(path)
        if let settings { try progress.requireSettings(settings, origin: used) }
        try checkNetwork(file)
        try optimizer.prepareState(Checkpoint.names(in: file, "optimizer"))
        if let average {
            if average.isExchanged { average.exchange() }
            let names = Checkpoint.names(in: file, "averages")
            guard !names.isEmpty else {
                throw OcellusError(
                    .invalidData, "\(used): has no averaged weights; resume without averaging, or start a new run")
            }
            try average.prepareState(names)
        }
        let arrays = arrays
        for entry in arrays { try Checkpoint.check(entry, in: file) }
        // The bytes are the file's: it has to live until they are copied.
        defer { withExtendedLifetime(file) {} }
        for entry in arrays {
            let bytes = try file.bytes(of: entry.name)
            UnsafeMutableRawBufferPointer(entry.values.elements).copyBytes(from: bytes)
        }
        // Written whole, and killed before it took its place.
        if used == Checkpoint.freshPath(path), !FileSystem.exists(path) { try Checkpoint.rename(used, path) }
        return Restored(progress: progress, path: used, damage: damage)
    }

    /// Where the run at `path` is, without reading its arrays. Throws as `restore` does.
    public static func progress(at path: String) throws(OcellusError) -> Restored {
        let (_, progress, used, damage) = try open(path)
        return Restored(progress: progress, path: used, damage: damage)
    }

    /// The newest file that is whole: one that was about to take its place is whole and newer than the one before. Also
    /// what was wrong with those before it.
    private static func open(
        _ path: String
    ) throws(OcellusError) -> (file: ModelFile, progress: TrainingProgress, path: String, damage: String?) {
        var first: OcellusError?
        var faults: [String] = []
        for candidate in places(path) {
            guard candidate == path || FileSystem.exists(candidate) else { continue }
            do throws(OcellusError) {
                let bytes = try FileBytes(path: candidate, limit: 1 << 33)
                let file = try ModelFile(bytes: bytes.bytes, owner: bytes, origin: candidate)
                let progress = try TrainingProgress(file)
                try CheckpointSum.check(bytes.bytes, path: candidate)
                return (file, progress, candidate, faults.isEmpty ? nil : faults.joined(separator: "; "))
            } catch {
                if error.code == .outOfMemory { throw error }
                first = first ?? error
                faults.append(error.message)
            }
        }
        throw OcellusError(
            code: first?.code ?? .io,
            text: faults.joined(separator: "; nor can the one before it be used: ")
                + ". Put a whole checkpoint in its place, or remove it and start the run anew")
    }

    /// The names under a heading, without it.
    private static func names(in file: ModelFile, _ heading: Name) -> [Name] {
        let start = heading.appending("x").bytes.dropLast()
        return file.tensors.map(\.name.bytes).filter { $0.starts(with: start) }
            .map { Name(bytes: Array($0.dropFirst(start.count))) }
    }

    /// A parameter that the file has and the network does not is another network's.
    private func checkNetwork(_ file: ModelFile) throws(OcellusError) {
        let own = Set(parameters.map(\.name))
        for name in Checkpoint.names(in: file, "parameter") where !own.contains(name) {
            throw OcellusError(
                .invalidData,
                "\(file.origin): has the parameter \(name), which this network does not; it belongs to another one")
        }
        for parameter in parameters {
            try Checkpoint.check(NamedValues(Name("parameter").appending(parameter.name), parameter.values), in: file)
        }
    }

    private static func check(_ entry: NamedValues, in file: ModelFile) throws(OcellusError) {
        guard let tensor = file.tensor(entry.name), tensor.elementType == .float32,
            tensor.range.count == entry.values.count * 4
        else {
            throw OcellusError(
                .invalidData,
                "\(file.origin): expected \(entry.values.count) floats called \(entry.name), found "
                    + (file.tensor(entry.name).map { "sizes " + Parameter.text($0.dimensions) } ?? "none")
                    + "; the checkpoint belongs to another network or other settings")
        }
    }
}
