// Which pictures a run learns from and which it is measured on.
import ArgumentParser
import Foundation
import OcellusData
import OcellusModels
import OcellusTensor
import OcellusTraining

struct TrainDataOptions: ParsableArguments {
    enum Preset: String, ExpressibleByArgument, CaseIterable {
        case faces, objects, none
    }

    @Option(help: ArgumentHelp("Folder of labelled pictures.", valueName: "folder"))
    var data: String

    @Option(help: "Format of the labels (default: found by the files that are there).")
    var format: DataFormat?

    @Option(
        help: ArgumentHelp(
            "List of pictures to learn from (default: train; nine tenths of data without lists).", valueName: "name"))
    var split: String?

    @Option(
        help: ArgumentHelp(
            "List of pictures to measure on (default: val; a tenth of data without lists).", valueName: "name"))
    var validation: String?

    @Option(
        help: ArgumentHelp("At most so many pictures are measured between epochs, evenly taken.", valueName: "count"))
    var validationPictures = 2000

    @Option(
        help: ArgumentHelp(
            "How much landmarks that a machine set count, 0 to 1, beside those of people (default: 0.3).",
            valueName: "share"))
    var machineLandmarkWeight: Float?

    @Option(help: "How pictures are varied: faces, objects or none (default: faces for models with landmarks).")
    var augmentation: Preset?

    @OptionGroup var changes: AugmentationOptions

    @Option(
        help: ArgumentHelp(
            "How often each source (folder) of pictures is taken, alone and in mosaics: cvpr13=.3:.45,mask=.3:.15",
            valueName: "list"))
    var sourceWeights: String?

    @Option(help: ArgumentHelp("Megabytes of decoded pictures kept in memory.", valueName: "count"))
    var pictureMemory = 256

    /// What was read.
    struct Sets {
        var classes: [String]
        var training: [Dataset]
        var evaluation: [LabelledPicture]
        var trainCount: Int { training.reduce(0) { $0 + $1.pictures.count } }
        /// How many pictures are learnt from and measured on as well.
        var sharedCount: Int {
            let learnt = Set(training.flatMap { $0.pictures.map(\.path) })
            return evaluation.count { learnt.contains($0.path) }
        }
    }

    func validate() throws {
        try Share.check([("--machine-landmark-weight", machineLandmarkWeight)])
        try Count.check([("--validation-pictures", validationPictures)], least: 1)
        try Count.check([("--picture-memory", pictureMemory)], least: 0)
        _ = try weights()
        if sourceWeights != nil, augmentation ?? .faces != .faces {
            throw AugmentationOptions.needsFaces("--source-weights")
        }
    }

    /// Throws for options that change nothing: those on landmarks for a model without, and weights where pictures are varied in
    /// a way that does not draw them: only canvases composed of faces do.
    func requireUse(by description: ModelDescription) throws {
        if description.architecture.landmarkCoder == nil {
            for (name, isGiven) in [
                ("--machine-landmark-weight", machineLandmarkWeight != nil), ("--disguise", changes.disguise != nil),
            ] where isGiven { throw TrainDataOptions.needsLandmarks(name, description) }
        }
        guard sourceWeights != nil, case .crops = preset(for: description).arrangement else { return }
        throw AugmentationOptions.needsFaces("--source-weights")
    }

    static func needsLandmarks(_ option: String, _ description: ModelDescription) -> ValidationError {
        ValidationError(
            "\(option) is for models with landmarks, and \(description.architecture.name) has none: leave it out")
    }

    private func preset(for description: ModelDescription) -> Augmentation {
        switch augmentation {
        case .faces: .faces
        case .objects: .objects
        case .some(.none): Augmentation.none
        case nil: .preset(for: description)
        }
    }

    /// `likely` are the classes of the start model: data of the same ones are read in its order, so that its class heads stay.
    /// `negatives` is a folder of pictures without any object.
    func read(likely: [String], negatives: String? = nil) throws -> Sets {
        var labelled = try Dataset.read(data, format: format)
        if labelled.classes != likely, labelled.classes.sorted() == likely.sorted() {
            labelled = try Dataset.read(data, format: format, classes: likely)
        }
        guard !labelled.classes.isEmpty else {
            throw OcellusError(
                .invalidData,
                "\(data): there is no labelled object in it: 'ocellus data check \(data)' says what there is")
        }
        let whole = checked(labelled, of: data, format)
        let parts = try whole.parts(training: split, validation: validation)
        let held = parts.validation.pictures
        var sets = [parts.training]
        if let machineLandmarkWeight { sets[0].weighMachineLandmarks(machineLandmarkWeight) }
        if let negatives {
            let empty = try Dataset.read(negatives, format: .empty, classes: whole.classes)
            sets.append(checked(empty, of: negatives, .empty))
        }
        let step = max(1, (held.count + validationPictures - 1) / validationPictures)
        let evaluation = stride(from: 0, to: held.count, by: step).map { held[$0] }
        return Sets(classes: whole.classes, training: sets, evaluation: evaluation)
    }

    /// Every picture is opened before the first step: faults are named now, not in the middle of a night.
    private func checked(_ dataset: Dataset, of folder: String, _ format: DataFormat?) -> Dataset {
        let (usable, faults) = Progress.watching(dataset.pictures.count) { dataset.checked(progress: $0) }
        let serious = faults.filter { $0.severity != .information }
        for fault in serious.prefix(10) { Report.failure(fault.message) }
        if serious.count > 10 {
            let option = format == .empty ? " --format empty" : ""
            Report.failure("and \(serious.count - 10) more: see 'ocellus data check \(folder)\(option)'")
        }
        return usable
    }

    func source(_ sets: Sets, _ description: ModelDescription, seed: UInt64) throws -> SampleSource {
        try SampleSource(
            sets.training, for: description, augmentation: try changes.changing(preset(for: description)), seed: seed,
            weights: try weights(), store: PictureStore(byteLimit: pictureMemory << 20))
    }

    private func weights() throws -> [String: SourceWeight] {
        var result: [String: SourceWeight] = [:]
        let form = "NAME=SINGLE[:MOSAIC[:EMPTY]]"
        for (name, numbers) in try NumberList.parse(sourceWeights, "--source-weights", form: form, counts: 1...3) {
            result[name] = SourceWeight(
                single: numbers[0], mosaic: numbers.count > 1 ? numbers[1] : nil,
                empty: numbers.count > 2 ? numbers[2] : 1)
        }
        return result
    }
}
