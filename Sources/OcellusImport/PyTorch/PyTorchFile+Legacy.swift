// The container of torch.save before PyTorch 1.6: five pickles (magic number, protocol, system, object, storage keys),
// then each storage as its number of elements and its bytes.
import OcellusTensor

extension PyTorchFile {
    /// 0x1950A86A20F9469CFC6C, little-endian, as a pickled long.
    private static let magic: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]

    init(legacy source: ByteSource) throws(OcellusError) {
        var position = 0
        func next() throws(OcellusError) -> (PickleMachine, PickleValue) {
            var machine = PickleMachine(source: source, range: position..<source.count)
            let value = try machine.run()
            position = machine.position
            return (machine, value)
        }
        guard case .longInteger(let range) = try next().1, source.array(range) == PyTorchFile.magic else {
            throw source.unsupported("expected PyTorch's magic number, found another Python pickle")
        }
        guard case .integer(1001) = try next().1 else {
            throw source.unsupported("expected PyTorch's file protocol 1001, found another one")
        }
        try PyTorchFile.checkSystem(try next(), source)
        let (machine, root) = try next()
        let (keyMachine, keyList) = try next()

        var sizes: [[UInt8]: Int] = [:]
        for storage in machine.storages {
            let size = storage.elementType.size
            guard sizes.updateValue(size, forKey: storage.key) ?? size == size else {
                throw source.failure("storage \(Name(bytes: storage.key).quoted): expected one number type, found two")
            }
        }
        var ranges: [[UInt8]: Range<Int>] = [:]
        for value in try keyMachine.items(of: keyList, .list) {
            guard case .text(let text) = value, text.count <= 64 else {
                throw source.failure("expected a list of storage keys, found something else")
            }
            let key = source.array(text)
            let what = "storage \(Name(bytes: key).quoted)"
            guard let size = sizes[key], ranges[key] == nil else {
                throw source.failure(
                    "\(what): expected one tensor's storage, found a key that is unknown or there twice")
            }
            let count = try source.integer(position, Int64.self, what)
            let (bytes, overflow) = Int(count).multipliedReportingOverflow(by: size)
            guard count >= 0, !overflow else {
                throw source.failure("\(what): expected a number of elements, found \(count)")
            }
            let range = try source.range(position + 8, bytes, what)
            ranges[key] = range
            position = range.upperBound
        }
        self.init(source: source, machine: machine, root: root, ranges: ranges)
    }

    private static func checkSystem(
        _ system: (machine: PickleMachine, value: PickleValue), _ source: ByteSource
    ) throws(OcellusError) {
        let items = try system.machine.items(of: system.value, .dictionary)
        for index in stride(from: 0, to: items.count - 1, by: 2) {
            if case .text(let key) = items[index], system.machine.isText(key, "little_endian"),
                case .bool(false) = items[index + 1]
            {
                throw source.unsupported("expected little-endian numbers, found big-endian ones")
            }
        }
    }
}
