// Names of files as the system has them: bytes, which need not be UTF-8. Swift's strings must be, so arguments that
// are not travel through the argument parser in a reversible disguise.
import ArgumentParser
import Foundation
import OcellusTensor

struct FilePath: ExpressibleByArgument, Equatable {
    let bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }

    init?(argument: String) { bytes = FilePath.bytes(ofDisguised: argument) }

    /// For JSON and for library calls: what is not UTF-8 has become U+FFFD.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    private var isUTF8: Bool { String(validating: bytes, as: UTF8.self) != nil }

    /// The last part without its extension.
    var stem: String { ((text as NSString).lastPathComponent as NSString).deletingPathExtension }

    func appending(_ name: [UInt8]) -> FilePath {
        let slash = UInt8(ascii: "/")
        return FilePath(bytes: bytes.last == slash ? bytes + name : bytes + [slash] + name)
    }

    /// Calls `body` with a path that the library can open: this one, or the kernel's name for the opened file.
    func withOpenablePath<Result>(
        _ body: (String) throws(OcellusError) -> Result
    ) throws(OcellusError) -> Result {
        if isUTF8 { return try body(text) }
        // O_NONBLOCK: a pipe that nobody writes to must not hang; the library refuses it.
        let file = open(bytes.map { CChar(bitPattern: $0) } + [0], O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else {
            throw OcellusError(.io, "cannot read \(text): \(String(cString: strerror(errno)))")
        }
        defer { close(file) }
        return try body("/proc/self/fd/\(file)")
    }

    /// What the system tells of the file, nil when there is none.
    var status: stat? {
        var status = stat()
        return stat(bytes.map { CChar(bitPattern: $0) } + [0], &status) == 0 ? status : nil
    }

    var isFolder: Bool { (status?.st_mode ?? 0) & S_IFMT == S_IFDIR }

    /// Whether the name itself is a link.
    var isLink: Bool {
        var status = stat()
        return lstat(bytes.map { CChar(bitPattern: $0) } + [0], &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }

    /// What tells a file from every other one, by whatever name it is reached.
    struct Identity: Hashable {
        var device: UInt
        var number: UInt
    }

    /// Nil when there is no file.
    var identity: Identity? { status.map { Identity(device: UInt($0.st_dev), number: UInt($0.st_ino)) } }

    /// Whether both lead to one file, by whatever name.
    func isSameFile(as other: FilePath) -> Bool { identity != nil && identity == other.identity }

    /// The same for two names in UTF-8.
    static func areSameFile(_ one: String, _ other: String) -> Bool {
        FilePath(bytes: Array(one.utf8)).isSameFile(as: FilePath(bytes: Array(other.utf8)))
    }

    /// Names in a folder, without those that begin with a dot, sorted by bytes; nil when it cannot be read.
    var names: [[UInt8]]? {
        guard let folder = opendir(bytes.map { CChar(bitPattern: $0) } + [0]) else { return nil }
        defer { closedir(folder) }
        var names: [[UInt8]] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if name.first != UInt8(ascii: ".") { names.append(name) }
        }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }
}

extension FilePath {
    /// Bytes above 0x7F of a disguised argument, as code points that no text uses.
    private static let disguise: ClosedRange<UInt32> = 0x10FF80...0x10FFFF

    /// The program's arguments; those that are not UTF-8 (or look disguised already) in disguise.
    static func commandLine() -> [String] {
        (1..<max(1, Int(CommandLine.argc))).compactMap { index in
            guard let argument = CommandLine.unsafeArgv[index] else { return nil }
            let bytes = UnsafeBufferPointer(start: argument, count: strlen(argument)).map { UInt8(bitPattern: $0) }
            if let text = String(validating: bytes, as: UTF8.self),
                !text.unicodeScalars.contains(where: { disguise ~= $0.value })
            {
                return text
            }
            var text = ""
            for byte in bytes {
                let value = byte < 0x80 ? UInt32(byte) : disguise.lowerBound + UInt32(byte - 0x80)
                if let scalar = Unicode.Scalar(value) { text.unicodeScalars.append(scalar) }
            }
            return text
        }
    }

    private static func bytes(ofDisguised text: String) -> [UInt8] {
        guard text.unicodeScalars.contains(where: { disguise ~= $0.value }) else { return Array(text.utf8) }
        return text.unicodeScalars.flatMap { scalar in
            disguise ~= scalar.value
                ? [UInt8(truncatingIfNeeded: scalar.value - disguise.lowerBound) + 0x80] : Array(String(scalar).utf8)
        }
    }

    /// Text that may hold a disguised argument, for people.
    static func repaired(_ text: String) -> String { String(decoding: bytes(ofDisguised: text), as: UTF8.self) }
}
