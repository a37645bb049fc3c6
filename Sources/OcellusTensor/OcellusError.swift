// The one error type of the library. Typed, because Embedded Swift has no `any Error`.

/// What went wrong, in a form a program can act on (`code`) and a person can read (`message`).
///
/// Messages say what was expected, what was found and what to do.
public struct OcellusError: Error, Sendable {
    public enum Code: Sendable, Equatable {
        /// The caller passed something that cannot be right.
        case invalidArgument
        /// A file's contents are not what they claim to be: damaged, truncated or hostile.
        case invalidData
        /// Well-formed, but not something this library does.
        case unsupported
        /// The operating system refused: missing file, no permission, read error.
        case io
        /// Memory is short.
        case outOfMemory
    }

    public let code: Code
    public let message: String

    /// An error with a sentence that is there already, or is put together elsewhere.
    public init(code: Code, text: String) {
        self.code = code
        message = text
    }
}
