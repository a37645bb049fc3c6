// LOW-HIGH on the command line: scores that are neither yes nor no.
import ArgumentParser

/// Scores from `range.lowerBound` to `range.upperBound`, both 0...1.
struct ScoreBand: ExpressibleByArgument {
    let range: ClosedRange<Float>

    init?(argument: String) {
        let ends = argument.split(separator: "-", omittingEmptySubsequences: false).map { Float($0) }
        guard ends.count == 2, let low = ends[0], let high = ends[1], 0...1 ~= low, 0...1 ~= high, low <= high else {
            return nil
        }
        range = low...high
    }
}
