// `ocellus eval`: how good a model is on labelled pictures, float or int8, by the measures the field uses.
import ArgumentParser
import Foundation
import Ocellus
import OcellusData
import OcellusEvaluation
import OcellusFiles
import OcellusModels
import OcellusTensor

struct EvalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval", abstract: "Measures a model on labelled pictures.",
        discussion: """
            AP50 is the area under the precision-recall curve at an overlap of 0.5 (PASCAL VOC), AP07 its eleven-point \
            form, AP the mean over overlaps 0.5 to 0.95 (COCO). Models with landmarks are also measured by the height of \
            faces in network pixels, and NME is the mean distance of the five points over the distance of the eyes. \
            Pictures that cannot be read are reported and left out, and the status is 1.
            """)

    @OptionGroup var model: ModelOptions

    @Option(help: ArgumentHelp("Folder of labelled pictures.", valueName: "folder"))
    var data: FilePath

    @OptionGroup var options: DataOptions

    @Option(
        help: ArgumentHelp(
            "Smallest score that is counted, 0 to 1: larger ones cut the curve short.", valueName: "score"))
    var threshold: Float = 0.02

    @Option(
        help: ArgumentHelp(
            "Folder of pictures without objects: how often the model finds something there.", valueName: "folder"))
    var negatives: FilePath?

    @Flag(help: "One line of JSON.")
    var json = false

    @Option(help: ArgumentHelp("Draw the precision-recall curves (.png or .jpg).", valueName: "file"))
    var plot: String?

    func validate() throws {
        guard threshold >= 0, threshold <= 1 else {
            throw ValidationError("--threshold \(threshold): must be 0 to 1")
        }
        try PictureFile.checkOption("--plot", plot)
    }

    func run() throws {
        let loaded = try model.load()
        let dataset = try options.read(data)
        guard !dataset.pictures.isEmpty else {
            throw OcellusError(.invalidData, "\(data.text): no labelled pictures in it")
        }
        let serious = dataset.faults.filter { $0.severity != .information }
        for fault in serious.prefix(5) { Report.failure(fault.message) }
        if serious.count > 5 { Report.failure("\(serious.count) faults in all: 'ocellus data check' names them") }
        var detectorOptions = Detector.Options()
        detectorOptions.threads = model.threads
        detectorOptions.scoreThreshold = threshold
        detectorOptions.maximumDetections = DetectorEvaluation.maximumDetections
        let detector = try Detector(loaded, options: detectorOptions)
        let evaluation = try DetectorEvaluation(detector, classes: dataset.classes)
        var failures = look(evaluation, at: dataset.pictures)
        var falseFindings: FalseFindings?
        if let negatives {
            let empty = try Dataset.read(negatives.text, format: .empty)
            let second = try DetectorEvaluation(detector, classes: loaded.description.labels)
            failures += look(second, at: empty.pictures)
            falseFindings = FalseFindings(second.pictures)
        }
        let report = EvaluationReport(
            evaluation, classes: dataset.classes, falseFindings: falseFindings)
        Output.line(
            json ? report.json.line : report.text(model: printable(model.path), precision: loaded.description.precision)
        )
        if let plot { try PictureFile.write(try report.plot(title: model.path).drawn(), path: plot) }
        if failures > 0 { throw ExitCode(1) }
    }

    /// Returns how many pictures could not be read.
    private func look(_ evaluation: DetectorEvaluation, at pictures: [LabelledPicture]) -> Int {
        let progress = Progress(total: pictures.count, isResultShown: false)
        var failures = 0
        for (index, picture) in pictures.enumerated() {
            progress.show(done: index)
            do throws(OcellusError) {
                try evaluation.add(picture)
            } catch {
                failures += 1
                progress.clear()
                Report.failure(error.message)
            }
        }
        progress.clear()
        return failures
    }
}
