// A folder of labelled pictures added to a trainer: read, checked picture by picture, every fault named.
import OcellusData
import OcellusTensor

extension Trainer {
    /// Adds the pictures of a folder: those of its lists `train` and `val`, or where it has no lists nine tenths and one
    /// tenth. Every picture is opened once.
    ///
    /// - Parameters:
    ///   - format: nil finds it by the files that are there.
    ///   - notice: told each fault of labels and pictures. What cannot be used is left out. Nil: a fault that leaves
    ///     something out is an error, and nothing is added.
    ///
    /// Throws `.io`, `.invalidData` for a folder without labels or with faults that nobody is told, `.invalidArgument`
    /// for labels of other classes than the trainer's, and once a run has begun.
    public func add(folder: String, format: DataFormat?, notice: ((String) -> Void)?) throws(OcellusError) {
        try requireUnstarted()
        let whole = try Dataset.read(folder, format: format, classes: classes)
        guard whole.classes.isEmpty || whole.classes == classes else {
            throw OcellusError(
                .invalidArgument,
                "\(folder): the labels are of " + whole.classes.prefix(8).joined(separator: ", ")
                    + "; this trainer's classes are " + classes.prefix(8).joined(separator: ", "))
        }
        let (usable, faults) = whole.checked()
        for fault in faults where fault.severity != .information {
            if let notice {
                notice(fault.message)
            } else if fault.severity == .error {
                throw OcellusError(.invalidData, "\(fault.message)")
            }
        }
        let (train, held) = try usable.parts()
        add(train.pictures, as: .training)
        add(held.pictures, as: .validation)
        sources.append(folder)
    }
}
