// The contents of a label file, copied while the file's bytes are alive.
import Foundation
import OcellusTensor

enum LabelFile {
    /// What is not UTF-8 becomes U+FFFD, so that the line with it is named and the others are read.
    ///
    /// Throws `.io`, or `.invalidData` above `limit` bytes.
    static func text(_ path: String, limit: Int = 1 << 30) throws(OcellusError) -> String {
        let file = try FileBytes(path: path, limit: limit)
        return withExtendedLifetime(file) { String(decoding: file.bytes, as: UTF8.self) }
    }

    /// Throws as `text`.
    static func data(_ path: String, limit: Int = 1 << 30) throws(OcellusError) -> Data {
        let file = try FileBytes(path: path, limit: limit)
        return withExtendedLifetime(file) { Data(file.bytes) }
    }
}
