// `ocellus data`: what is in a folder of labelled pictures, before anything learns from it.
import ArgumentParser

struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Checks and shows labelled pictures, and suggests anchor sizes.",
        subcommands: [DataCheckCommand.self, DataShowCommand.self, DataAnchorsCommand.self])
}
