// Progress as the text of a checkpoint file, and back. Floats are written so that they read back as the same bits.
import OcellusNetwork
import OcellusTensor

extension TrainingProgress {
    /// 2: with a checksum.
    static let format = "ocellus-checkpoint 2"
    private static let settingPrefix = "setting."

    func write(into file: inout ModelFileWriter) {
        file.set("format", to: TrainingProgress.format)
        file.set("step", to: "\(step)")
        file.set("seed", to: "\(seed)")
        if let bestMetric { file.set("best.metric", to: "\(bestMetric)") }
        if let bestStep { file.set("best.step", to: "\(bestStep)") }
        for (key, value) in settings.sorted(by: { $0.key < $1.key }) {
            file.set(Name(TrainingProgress.settingPrefix + key), to: value)
        }
    }

    /// Throws `.invalidData` for a file that is no checkpoint or lacks a number.
    init(_ file: ModelFile) throws(OcellusError) {
        guard let format = file.metadata("format"), format == TrainingProgress.format else {
            throw OcellusError(
                .invalidData,
                "\(file.origin): expected a checkpoint of a training run (\(TrainingProgress.format)), found "
                    + (file.metadata("format").map { "'\($0.prefix(60))': go on with the version that began the run" }
                        ?? "a model file without that mark"))
        }
        guard let step = file.metadata("step").flatMap({ Int($0) }), step >= 0,
            let seed = file.metadata("seed").flatMap({ UInt64($0) })
        else {
            throw OcellusError(.invalidData, "\(file.origin): the checkpoint does not say its step and seed")
        }
        self.init(
            step: step, seed: seed, bestMetric: file.metadata("best.metric").flatMap { Float($0) },
            bestStep: file.metadata("best.step").flatMap { Int($0) })
        for entry in file.metadata {
            let key = entry.key.description
            guard key.hasPrefix(TrainingProgress.settingPrefix) else { continue }
            settings[String(key.dropFirst(TrainingProgress.settingPrefix.count))] = String(
                decoding: entry.value, as: UTF8.self)
        }
    }

    /// Throws `.invalidArgument` that names each setting that differs.
    func requireSettings(_ expected: [String: String], origin: String) throws(OcellusError) {
        var differences: [String] = []
        for key in Set(settings.keys).union(expected.keys).sorted() where settings[key] != expected[key] {
            differences.append("\(key) was \(settings[key] ?? "not set") and is now \(expected[key] ?? "not set")")
        }
        guard differences.isEmpty else {
            throw OcellusError(
                .invalidArgument,
                "\(origin) was made with other settings: \(differences.joined(separator: "; ")). Resume with the same, "
                    + "or start a new run")
        }
    }
}
