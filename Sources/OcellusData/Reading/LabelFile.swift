// The contents of a label file, copied while the file's bytes are alive.
import OcellusTensor

enum LabelFile {
    /// What is not UTF-8 becomes U+FFFD, so that the line with it is named and the others are read. A byte order mark, as
    /// some editors write it, is left out.
    ///
    /// Throws `.io`, or `.invalidData` above `limit` bytes.
    static func text(_ path: String, limit: Int = 1 << 30) throws(OcellusError) -> String {
        let file = try FileBytes(path: path, limit: limit)
        return withExtendedLifetime(file) { String(decoding: withoutMark(file.bytes), as: UTF8.self) }
    }

    /// Nil when the file cannot be read, is larger than a list of names can be, or is not UTF-8.
    static func wellFormed(_ path: String) -> String? {
        guard let file = try? FileBytes(path: path, limit: 64 << 20) else { return nil }
        return withExtendedLifetime(file) { String(validating: withoutMark(file.bytes), as: UTF8.self) }
    }

    private static func withoutMark(_ bytes: UnsafeBufferPointer<UInt8>) -> Slice<UnsafeBufferPointer<UInt8>> {
        bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
    }
}
