// The container of torch.save since PyTorch 1.6: a zip archive with FOLDER/data.pkl and FOLDER/data/KEY.
import OcellusTensor

extension PyTorchFile {
    init(zip source: ByteSource) throws(OcellusError) {
        let archive = try ZipArchive(source)
        let suffix = Array("/data.pkl".utf8)
        guard let pickleName = archive.names.first(where: { $0.count > suffix.count && $0.suffix(9) == suffix[...] })
        else {
            throw source.unsupported("expected a zip archive with a data.pkl as torch.save makes it, found none")
        }
        let folder = Array(pickleName.dropLast(suffix.count - 1))
        if let order = try archive.range(of: folder + Array("byteorder".utf8)), source.text(order) != "little" {
            throw source.unsupported("expected little-endian numbers, found byte order \(quoted(source.text(order)))")
        }
        guard let pickle = try archive.range(of: pickleName) else {
            throw source.failure("expected data.pkl in the archive, found none")
        }
        var machine = PickleMachine(source: source, range: pickle)
        let root = try machine.run()
        var ranges: [[UInt8]: Range<Int>] = [:]
        for storage in machine.storages where ranges[storage.key] == nil {
            let what = "storage \(Name(bytes: storage.key).quoted)"
            guard let range = try archive.range(of: folder + Array("data/".utf8) + storage.key) else {
                throw source.failure("\(what): expected in the archive, found none")
            }
            // A count that overflows is more than any entry holds.
            let (needed, overflow) = storage.count.multipliedReportingOverflow(by: storage.elementType.size)
            guard !overflow, needed <= range.count else {
                throw source.failure(
                    "\(what): expected \(storage.count) numbers, found an entry of \(range.count) bytes")
            }
            ranges[storage.key] = range
        }
        self.init(source: source, machine: machine, root: root, ranges: ranges)
    }
}
