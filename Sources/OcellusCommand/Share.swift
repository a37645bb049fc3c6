// Options that are shares of something: scores, overlaps, how often.
import ArgumentParser

enum Share {
    /// Throws for the first that is given and not in 0...1; NaN is in no range.
    static func check(_ options: [(name: String, value: Float?)]) throws {
        for case (let name, let value?) in options where !(0...1 ~= value) {
            throw ValidationError("\(name) \(value): must be 0 to 1")
        }
    }
}
