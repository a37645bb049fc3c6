// Reading a run back. Everything is checked before the first number changes.
import Foundation
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
        let (file, used) = try Checkpoint.open(path)
        let progress = try TrainingProgress(file)
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
        return Restored(progress: progress, path: used)
    }

    /// Where the run at `path` is, without reading its arrays. Throws as `restore` does.
    public static func progress(at path: String) throws(OcellusError) -> Restored {
        let (file, used) = try open(path)
        return Restored(progress: try TrainingProgress(file), path: used)
    }

    /// The newest file that can be read: one that was about to take its place is whole and newer than the one before.
    private static func open(_ path: String) throws(OcellusError) -> (ModelFile, String) {
        var first: OcellusError?
        var faults: [String] = []
        for candidate in [path, freshPath(path), previousPath(path)] {
            guard candidate == path || FileManager.default.fileExists(atPath: candidate) else { continue }
            do {
                return (try ModelFile(path: candidate, limit: 1 << 33), candidate)
            } catch {
                if error.code == .outOfMemory { throw error }
                first = first ?? error
                faults.append(error.message)
            }
        }
        throw OcellusError(
            code: first?.code ?? .io, text: faults.joined(separator: "; nor can the one before it be used: "))
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
