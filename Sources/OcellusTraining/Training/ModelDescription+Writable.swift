// What a model file cannot hold is refused before a run, not by the one who reads what hours of training wrote.
import OcellusModels
import OcellusTensor

extension ModelDescription {
    /// Throws `.invalidArgument` for names of classes of more than one line, and for sides outside `inputSides`.
    public func requireWritable() throws(OcellusError) {
        for (index, label) in labels.enumerated() {
            try ModelDescription.requireLine(label, "the name of class \(index + 1)")
        }
        try ModelDescription.requireInput(width: preprocessing.inputWidth, height: preprocessing.inputHeight)
    }

    /// Names stand one a line in a model file. A carriage return and a line feed are one `Character`.
    static func requireLine(_ name: String, _ what: String) throws(OcellusError) {
        guard !name.utf8.contains(UInt8(ascii: "\n")) else {
            throw OcellusError(
                .invalidArgument, "\(what), '\(name)', has more than one line: a model file cannot hold it")
        }
    }

    static func requireInput(width: Int, height: Int) throws(OcellusError) {
        guard inputSides ~= width, inputSides ~= height else {
            throw OcellusError(
                .invalidArgument,
                "an input of \(width)x\(height) pixels: each side must be \(inputSides.lowerBound) to \(inputSides.upperBound)"
            )
        }
    }
}
