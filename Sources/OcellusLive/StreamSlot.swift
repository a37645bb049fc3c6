// Memory for one frame of a stream, used again and again.
import OcellusTensor

/// Bytes of a raw frame or of a JPEG, with what is known of it. One thread at a time: `StreamReader` sees to that.
final class StreamSlot {
    private(set) var memory: Buffer<UInt8>
    /// Bytes in use.
    private(set) var count = 0
    var number = 0
    var availableAt: UInt64 = 0

    init(capacity: Int) throws(OcellusError) { memory = try Buffer(count: capacity) }

    /// Room for a raw frame, which is read right into it.
    func fill(_ count: Int) { self.count = count }

    /// A copy of a picture's bytes; the memory grows to the largest of them.
    func assign(_ bytes: UnsafeBufferPointer<UInt8>) throws(OcellusError) {
        if bytes.count > memory.count { memory = try Buffer(count: bytes.count + bytes.count / 4) }
        if let base = bytes.baseAddress { memory.pointer.update(from: base, count: bytes.count) }
        count = bytes.count
    }

    var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: memory.pointer, count: count) }

    /// The size that a JPEG's frame header states; nil without one.
    var pictureSize: (width: Int, height: Int)? {
        let bytes = bytes
        var at = 2
        while at + 9 < bytes.count, bytes[at] == 0xFF {
            let code = bytes[at + 1]
            if code == 0xFF {
                at += 1
                continue
            }
            // SOF0 to SOF15, without the tables and the extension among them.
            if 0xC0...0xCF ~= code, code != 0xC4, code != 0xC8, code != 0xCC {
                return (Int(bytes[at + 7]) << 8 | Int(bytes[at + 8]), Int(bytes[at + 5]) << 8 | Int(bytes[at + 6]))
            }
            at += code == 0x01 || 0xD0...0xD7 ~= code ? 2 : 2 + (Int(bytes[at + 2]) << 8 | Int(bytes[at + 3]))
        }
        return nil
    }
}
