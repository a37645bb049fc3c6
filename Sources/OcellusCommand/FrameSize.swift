// WIDTHxHEIGHT on the command line.
import ArgumentParser

/// A size in pixels, 1...32768 a side.
struct FrameSize: ExpressibleByArgument {
    let width: Int
    let height: Int

    init?(argument: String) {
        let sides = argument.lowercased().split(separator: "x", omittingEmptySubsequences: false)
        guard sides.count == 2, let width = Int(sides[0]), let height = Int(sides[1]),
            1...32768 ~= width, 1...32768 ~= height
        else { return nil }
        self.width = width
        self.height = height
    }
}
