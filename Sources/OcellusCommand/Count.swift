// Options that count something: steps, pictures, megabytes.
import ArgumentParser

enum Count {
    /// More than anything here can have, and little enough for products of two counts.
    static let limit = 1_000_000_000

    /// Throws for the first that is given and not in `least`...`limit`.
    static func check(_ options: [(name: String, value: Int?)], least: Int) throws {
        for case (let name, let value?) in options where !(least...limit ~= value) {
            throw ValidationError("\(name) \(value): must be \(least) to \(limit)")
        }
    }
}
