// What is left of a dataset for training once every picture was looked at.

extension Dataset {
    /// The pictures that can be read, and every fault of labels and pictures, those that reading found included.
    ///
    /// A box that cannot be used is gone already; a picture that is missing or damaged goes here. `progress` is told how
    /// many pictures were looked at.
    public func checked(progress: (_ done: Int) -> Void = { _ in }) -> (usable: Dataset, faults: [DataFault]) {
        var check = DatasetCheck(self)
        for index in pictures.indices {
            check.look(at: index)
            progress(index + 1)
        }
        var lost: Set<String> = []
        for fault in check.faults where fault.severity == .error && fault.kind.losesPicture {
            lost.insert(fault.file)
            lost.insert(fault.picture)
        }
        lost.remove("")
        var usable = self
        usable.pictures = pictures.filter { !lost.contains($0.path) && !lost.contains($0.name) }
        return (usable, check.faults)
    }
}

extension DataFault.Kind {
    /// Whether the picture cannot be used at all; otherwise only a box or nothing is lost.
    var losesPicture: Bool {
        switch self {
        case .malformedBox, .swappedCorners, .zeroSize, .outsidePicture, .unknownClass, .duplicateBox, .sizeMismatch,
            .unreadableLabels, .duplicatePicture, .pictureWithoutLabels:
            return false
        case .missingPicture, .unreadablePicture: return true
        }
    }
}
