// The checksum of a checkpoint: CRC-32 (as in zlib and PNG) of all bytes before it, in the file's last four bytes. It finds
// every flipped bit and every burst of damage up to 32 bits long. Not a defence against anybody.
import CZlib
import OcellusNetwork
import OcellusTensor

enum CheckpointSum {
    /// The tensor that stands last in the file and holds it.
    static let name: Name = "checksum"
    private static let size = 4

    /// Adds it to a file that has everything else. What the file refers to must not change until it is written.
    static func add(to file: inout ModelFileWriter) throws(OcellusError) {
        let place = try Buffer<Int32>(count: 1)
        try file.add(name, dimensions: [1], int32: place)
        place.pointer[0] = try file.withPieces { pieces in
            Int32(bitPattern: UInt32(truncatingIfNeeded: pieces.dropLast().reduce(0) { crc32_z($0, $1) }))
        }
    }

    /// Throws `.invalidData` when the bytes of the file at `path` are not those that were written.
    static func check(_ bytes: UnsafeBufferPointer<UInt8>, path: String) throws(OcellusError) {
        let content = UnsafeRawBufferPointer(bytes)
        let end = max(content.count - size, 0)
        let found = crc32_z(0, UnsafeRawBufferPointer(rebasing: content[..<end]))
        guard content.count > size,
            UInt32(truncatingIfNeeded: found) == content.loadUnaligned(fromByteOffset: end, as: UInt32.self)
        else {
            throw OcellusError(
                .invalidData,
                "\(path): damaged: its bytes do not give the checksum in it (the disk, the memory or a copy failed)")
        }
    }

    private static func crc32_z(_ sum: UInt, _ bytes: UnsafeRawBufferPointer) -> UInt {
        // A null pointer would begin anew.
        guard let start = bytes.baseAddress, bytes.count > 0 else { return sum }
        return CZlib.crc32_z(sum, start.assumingMemoryBound(to: UInt8.self), bytes.count)
    }
}
