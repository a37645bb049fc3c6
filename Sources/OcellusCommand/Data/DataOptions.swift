// Which folder of labelled pictures a command reads, in which format, and which of its lists.
import ArgumentParser
import Foundation
import OcellusData
import OcellusTensor

extension DataFormat: ExpressibleByArgument {}

struct DataOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("How the pictures are labelled (default: by the files that are there).", valueName: "format")
    )
    var format: DataFormat?

    @Option(
        help: ArgumentHelp(
            "List of the dataset to take, such as train or val (default: all pictures).", valueName: "name"))
    var split: String?

    /// Reads a folder. Throws as `Dataset.read`.
    func read(_ folder: FilePath, classes: [String]? = nil) throws(OcellusError) -> Dataset {
        let dataset = try Dataset.read(folder.text, format: format, classes: classes)
        guard let split else { return dataset }
        return try dataset.split(split)
    }
}
