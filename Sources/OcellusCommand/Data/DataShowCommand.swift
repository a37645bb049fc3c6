// `ocellus data show`: a contact sheet of a dataset, as it is or as training sees it.
import ArgumentParser
import Foundation
import OcellusData
import OcellusFiles
import OcellusTensor

struct DataShowCommand: ParsableCommand {
    enum Preset: String, ExpressibleByArgument, CaseIterable {
        case plain, objects, faces
    }

    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Draws a contact sheet of labelled pictures.",
        discussion: """
            Plain shows the pictures as detection sees them. Objects and faces show what training makes of them: the same \
            seed gives the same sheet. Objects to be ignored are drawn in grey.
            """)

    @Argument(help: ArgumentHelp("Folders of labelled pictures.", valueName: "folders"))
    var data: [FilePath]

    @OptionGroup var options: DataOptions

    @Option(help: ArgumentHelp("Picture to write (.png or .jpg).", valueName: "file"))
    var out: String

    @Option(help: "What is done to the pictures: plain, objects or faces.")
    var augmentation = Preset.plain

    @OptionGroup var changes: AugmentationOptions

    @Option(help: ArgumentHelp("Folder of pictures without objects, to take backgrounds from.", valueName: "folder"))
    var negatives: FilePath?

    @Option(help: ArgumentHelp("Samples in a row, 1 to 40.", valueName: "count"))
    var columns = 6

    @Option(help: ArgumentHelp("Rows, 1 to 40.", valueName: "count"))
    var rows = 4

    @Option(help: ArgumentHelp("Side of a sample in pixels, 16 to 1024.", valueName: "pixels"))
    var size = 300

    @Option(help: ArgumentHelp("Number of the first sample.", valueName: "number"))
    var first = 0

    @Option(help: "Seed of the random numbers.")
    var seed: UInt64 = 1

    func validate() throws {
        guard 1...40 ~= columns else { throw ValidationError("--columns \(columns): must be 1 to 40") }
        guard 1...40 ~= rows else { throw ValidationError("--rows \(rows): must be 1 to 40") }
        guard 16...1024 ~= size else { throw ValidationError("--size \(size): must be 16 to 1024") }
        try Count.check([("--first", first)], least: 0)
        if augmentation == .plain, let name = changes.firstGiven {
            throw ValidationError("\(name) changes nothing of plain pictures: add --augmentation faces or objects")
        }
        try PictureFile.checkOption("--out", out)
        guard !data.isEmpty else { throw ValidationError("no folder given") }
    }

    func run() throws {
        var datasets: [Dataset] = []
        for folder in data {
            let own = try options.read(folder)
            let classes = datasets.first?.classes ?? own.classes
            if let other = own.classes.first(where: { !classes.contains($0) }) {
                throw OcellusError(
                    .invalidArgument,
                    "\(folder.text): has the class '\(other)', which \(data[0].text) does not have: show them one by one"
                )
            }
            datasets.append(own.classes == classes ? own : try options.read(folder, classes: classes))
        }
        if let negatives { datasets.append(try Dataset.read(negatives.text, format: .empty)) }
        let setting = try changes.changing(augmentation == .faces ? .faces : .objects)
        let source = try SampleSource(
            datasets, augmentation: setting, inputWidth: size, inputHeight: size, seed: seed)
        let wanted = augmentation == .plain ? min(columns * rows, source.count) : columns * rows
        let sheet = try ContactSheet(
            columns: columns, rows: (wanted + columns - 1) / columns, cellWidth: size, cellHeight: size)
        let start = DispatchTime.now().uptimeNanoseconds
        for index in 0..<wanted {
            let sample =
                augmentation == .plain ? try source.plain(at: first + index) : try source.sample(at: first + index)
            sheet.add(sample, at: index)
        }
        let milliseconds = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e6
        try PictureFile.write(sheet.image, path: out)
        Output.line(
            "\(out): \(counted(wanted, "sample", "samples")) of \(counted(source.count, "picture", "pictures")), "
                + String(format: "%.1f ms each", milliseconds / Double(wanted)))
    }
}
