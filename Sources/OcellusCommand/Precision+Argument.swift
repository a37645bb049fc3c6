// float and int8 as words on the command line.
import ArgumentParser
import OcellusModels

extension Precision: ExpressibleByArgument {
    public init?(argument: String) {
        guard let precision = Precision.allCases.first(where: { $0.name == argument }) else { return nil }
        self = precision
    }

    public static var allValueStrings: [String] { allCases.map(\.name) }

    public var defaultValueDescription: String { name }
}
