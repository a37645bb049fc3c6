// Whole files in and out, with errors that name the file and say what to do.
import CSystem

/// The bytes of a file, owned. Freed with the object.
public final class FileBytes {
    public let bytes: UnsafeBufferPointer<UInt8>

    /// Reads a regular file of at most `limit` bytes.
    ///
    /// Throws `.io`: missing, no permission, a folder or a device, larger than `limit`.
    public convenience init(path: String, limit: Int = 1 << 30) throws(OcellusError) {
        var memory: UnsafeMutablePointer<UInt8>?
        var size = 0
        let error = ocs_read_file(path, limit, &memory, &size)
        guard error == 0 else { throw FileBytes.failure("read", path, error) }
        self.init(bytes: UnsafeBufferPointer(start: memory, count: size))
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    deinit { ocs_free(UnsafeMutableRawPointer(mutating: bytes.baseAddress)) }

    /// Writes atomically: either the whole new file is there, or what was there before. A link keeps leading to the file, and the
    /// file its permissions. Throws `.io`, also where there is something else than a file.
    public static func write(_ content: UnsafeBufferPointer<UInt8>, to path: String) throws(OcellusError) {
        let error = ocs_write_file(path, content.baseAddress, content.count)
        guard error == 0 else { throw failure("write", path, error) }
    }

    /// Writes pieces one after the other into one file, atomically. Their memory must live until this returns.
    public static func write(pieces: [UnsafeRawBufferPointer], to path: String) throws(OcellusError) {
        let list = pieces.map { ocs_piece(bytes: $0.baseAddress, size: $0.count) }
        let error = ocs_write_pieces(path, list, list.count)
        guard error == 0 else { throw failure("write", path, error) }
    }

    private static func failure(_ verb: String, _ path: String, _ error: Int32) -> OcellusError {
        var text = [CChar](repeating: 0, count: 128)
        let reason: String
        switch error {
        case 22: reason = "expected a file, found a device or a pipe"
        case 27: reason = "it is larger than such a file may be"
        default: reason = String(cString: ocs_error_text(error, &text, text.count))
        }
        let code: OcellusError.Code = error == 12 ? .outOfMemory : .io
        return OcellusError(code, "cannot \(verb) \(path): \(reason)")
    }
}
