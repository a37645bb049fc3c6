// One thing that is wrong or worth knowing in a dataset, with the file and the box it is about.

public struct DataFault: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        case unreadableLabels
        case malformedBox
        case swappedCorners
        case zeroSize
        case outsidePicture
        case unknownClass
        case duplicateBox
        case duplicatePicture
        case missingPicture
        case unreadablePicture
        case sizeMismatch
        case pictureWithoutLabels
    }

    public enum Severity: Sendable, Equatable {
        /// A label that cannot be used, or a picture that cannot be read.
        case error
        /// Used after a repair that is stated.
        case warning
        /// Allowed.
        case information
    }

    public var kind: Kind
    public var severity: Severity
    /// The file with the label, or the picture where it is the picture's.
    public var file: String
    /// The picture, as its labels call it; empty when the fault is not about one.
    public var picture: String
    /// The box's number among its picture's, from 1; nil when the fault is not about one.
    public var box: Int?
    /// What was expected, what was found.
    public var text: String

    public init(
        _ kind: Kind, _ severity: Severity = .error, file: String, picture: String = "", box: Int? = nil, _ text: String
    ) {
        self.kind = kind
        self.severity = severity
        self.file = file
        self.picture = picture
        self.box = box
        self.text = text
    }

    /// One line: file, picture, box, reason.
    public var message: String {
        var parts = [file]
        if !picture.isEmpty, !file.hasSuffix(picture) { parts.append(picture) }
        if let box { parts.append("box \(box)") }
        return (parts + [text]).joined(separator: ": ")
    }
}
