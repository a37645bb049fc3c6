// A zip archive's central directory, for entries that are stored as they are. Not an unpacker: compressed and encrypted
// entries are refused. Layout: PKWARE APPNOTE 6.3, with the zip64 records that PyTorch always writes.
import OcellusTensor

struct ZipArchive {
    private struct Entry {
        let method: UInt16
        let flags: UInt16
        let storedSize: Int
        let size: Int
        let localOffset: Int
    }

    static let entryLimit = 65536

    /// Entry names in the directory's order.
    private(set) var names: [[UInt8]] = []
    private var entries: [[UInt8]: Entry] = [:]
    private let source: ByteSource

    init(_ source: ByteSource) throws(OcellusError) {
        self.source = source
        let directory = try ZipArchive.findDirectory(source)
        var position = directory.range.lowerBound
        for _ in 0..<directory.count {
            position = try readEntry(at: position, end: directory.range.upperBound)
        }
    }

    /// The bytes of an entry, checked to be inside the file; nil when there is none of that name.
    ///
    /// Throws `.unsupported` for a compressed or encrypted entry, `.invalidData` when its sizes are wrong.
    func range(of name: [UInt8]) throws(OcellusError) -> Range<Int>? {
        guard let entry = entries[name] else { return nil }
        let what = "archive entry \(Name(bytes: name).quoted)"
        guard entry.method == 0, entry.flags & 1 == 0 else {
            throw source.unsupported(
                "\(what): expected it stored without compression, as torch.save does, found method \(entry.method)"
                    + "; save it again with torch.save")
        }
        guard entry.storedSize == entry.size else {
            throw source.failure("\(what): expected \(entry.size) bytes stored, found \(entry.storedSize)")
        }
        guard try source.integer(entry.localOffset, UInt32.self, what) == 0x0403_4B50 else {
            throw source.failure("\(what): expected its header at offset \(entry.localOffset), found something else")
        }
        let header = try source.range(entry.localOffset, 30, what)
        let nameSize = Int(try source.integer(header.lowerBound + 26, UInt16.self, what))
        let extraSize = Int(try source.integer(header.lowerBound + 28, UInt16.self, what))
        return try source.range(header.upperBound + nameSize + extraSize, entry.size, what)
    }

    /// Looks for the end record from the back, as a comment may follow it.
    private static func findDirectory(_ source: ByteSource) throws(OcellusError) -> (range: Range<Int>, count: Int) {
        let what = "archive directory"
        var position = source.count - 22
        let last = max(0, position - 65535)
        while position >= last {
            if source.bytes[position] == 0x50, try source.integer(position, UInt32.self, what) == 0x0605_4B50 { break }
            position -= 1
        }
        guard position >= last else {
            throw source.failure("expected a zip archive's end record, found none; the file is truncated")
        }
        var count = UInt64(try source.integer(position + 10, UInt16.self, what))
        var size = UInt64(try source.integer(position + 12, UInt32.self, what))
        var offset = UInt64(try source.integer(position + 16, UInt32.self, what))
        if position >= 20, try source.integer(position - 20, UInt32.self, what) == 0x0706_4B50 {
            let end = Int(clamping: try source.integer(position - 12, UInt64.self, what))
            guard try source.integer(end, UInt32.self, what) == 0x0606_4B50 else {
                throw source.failure("expected a zip64 end record at offset \(end), found something else")
            }
            _ = try source.range(end, 56, what)
            count = try source.integer(end + 32, UInt64.self, what)
            size = try source.integer(end + 40, UInt64.self, what)
            offset = try source.integer(end + 48, UInt64.self, what)
        }
        guard count <= UInt64(entryLimit) else {
            throw source.failure("expected at most \(entryLimit) archive entries, found \(count)")
        }
        return (try source.range(Int(clamping: offset), Int(clamping: size), what), Int(count))
    }

    /// Reads one directory entry and returns where the next one begins.
    private mutating func readEntry(at position: Int, end: Int) throws(OcellusError) -> Int {
        let what = "archive directory"
        guard position <= end - 46, try source.integer(position, UInt32.self, what) == 0x0201_4B50 else {
            throw source.failure(
                "expected an entry of the archive directory at offset \(position), found something else")
        }
        let nameSize = Int(try source.integer(position + 28, UInt16.self, what))
        let extraSize = Int(try source.integer(position + 30, UInt16.self, what))
        let commentSize = Int(try source.integer(position + 32, UInt16.self, what))
        let next = position + 46 + nameSize + extraSize + commentSize
        guard next <= end else { throw source.failure("expected a whole archive entry at offset \(position)") }

        // A field of all ones stands in the zip64 extra field, in this order.
        var fields = [
            UInt64(try source.integer(position + 24, UInt32.self, what)),
            UInt64(try source.integer(position + 20, UInt32.self, what)),
            UInt64(try source.integer(position + 42, UInt32.self, what)),
        ]
        var extra = position + 46 + nameSize
        let extraEnd = extra + extraSize
        while extra + 4 <= extraEnd {
            let identifier = try source.integer(extra, UInt16.self, what)
            let size = Int(try source.integer(extra + 2, UInt16.self, what))
            if identifier == 1 {
                var at = extra + 4
                for index in fields.indices
                where fields[index] == 0xFFFF_FFFF && at + 8 <= min(extra + 4 + size, extraEnd) {
                    fields[index] = try source.integer(at, UInt64.self, what)
                    at += 8
                }
            }
            extra += 4 + size
        }
        let name = source.array(position + 46..<position + 46 + nameSize)
        let entry = Entry(
            method: try source.integer(position + 10, UInt16.self, what),
            flags: try source.integer(position + 8, UInt16.self, what),
            storedSize: Int(clamping: fields[1]), size: Int(clamping: fields[0]), localOffset: Int(clamping: fields[2]))
        guard entries.updateValue(entry, forKey: name) == nil else {
            throw source.failure("archive entry \(Name(bytes: name).quoted): expected once, found twice")
        }
        names.append(name)
        return next
    }
}
