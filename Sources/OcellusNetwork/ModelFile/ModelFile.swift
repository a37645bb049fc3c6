// A model file opened for reading: safetensors (8 bytes of header length, a JSON header, data). Every byte is checked
// before it is used; nothing in the file is executed or followed. What the metadata mean is the models' business.
import OcellusTensor

/// Tensors by name and text by key, read from a `.safetensors` file or from memory.
///
/// Immutable once made; any thread may read. Pointers it hands out live as long as it does.
public final class ModelFile: @unchecked Sendable {
    /// The file's path, or what else to call it in messages.
    public let origin: String
    /// The tensors in the order of the header.
    public var tensors: [StoredTensor] { contents.tensors }
    /// The text of `__metadata__` in the order of the header, keys and values in UTF-8.
    public var metadata: [(key: Name, value: [UInt8])] { contents.metadata }

    private let bytes: UnsafeBufferPointer<UInt8>
    private let owner: AnyObject?
    private let contents: TableOfContents

    /// Reads the header of a model in memory. `bytes` must stay as they are for as long as the model file lives;
    /// `owner`, when given, is held for that long. `origin` names the model in messages.
    ///
    /// Throws `.invalidData` for anything that is not a sound safetensors file: a header above 16 MiB, more than
    /// 65536 tensors, more than 8 dimensions, sizes that do not fit the data, names or bytes used twice, bytes unused;
    /// `.unsupported` for a number type the library does not know.
    public convenience init(
        bytes: UnsafeBufferPointer<UInt8>, owner: AnyObject?, origin: String
    ) throws(OcellusError) {
        self.init(bytes, owner, origin, try TableOfContents(bytes: bytes, origin: origin))
    }

    private init(
        _ bytes: UnsafeBufferPointer<UInt8>, _ owner: AnyObject?, _ origin: String, _ contents: TableOfContents
    ) {
        self.bytes = bytes
        self.owner = owner
        self.origin = origin
        self.contents = contents
    }

    /// Reads a file of at most `limit` bytes. Throws `.io`, and what `init(bytes:owner:origin:)` throws.
    public convenience init(path: String, limit: Int = 1 << 30) throws(OcellusError) {
        let file = try FileBytes(path: path, limit: limit)
        try self.init(bytes: file.bytes, owner: file, origin: path)
    }

    /// A model that is part of the program: `bytes` live for ever and are not copied.
    public convenience init(
        borrowing bytes: UnsafeBufferPointer<UInt8>, origin: String = "embedded model"
    ) throws(OcellusError) {
        try self.init(bytes: bytes, owner: nil, origin: origin)
    }

    /// The text for a metadata key, or nil.
    public func metadata(_ key: Name) -> String? {
        for entry in contents.metadata where entry.key == key { return String(decoding: entry.value, as: UTF8.self) }
        return nil
    }

    /// The table entry for a name, or nil.
    public func tensor(_ name: Name) -> StoredTensor? {
        contents.indices[name].map { contents.tensors[$0] }
    }

    /// A tensor's bytes as they stand in the file, at any alignment. Valid while the model file lives.
    public func bytes(of name: Name) throws(OcellusError) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes[try existing(name).range])
    }

    func existing(_ name: Name) throws(OcellusError) -> StoredTensor {
        guard let tensor = tensor(name) else {
            throw OcellusError(
                .invalidData,
                "\(origin): expected a tensor \(name.quoted), found none of that name among \(tensors.count)")
        }
        return tensor
    }
}
