// Files that lie or attack: an error each, never a trap, never a call.
import OcellusNetwork
import OcellusTensor
import Testing

@testable import OcellusImport

@Suite("Hostile foreign files") struct HostileFileTests {
    static let sound = [
        "zip.pth", "legacy.pth", "legacy_protocol4.pth", "wrapped.pth", "mixed.safetensors", "small.tflite",
        "small.onnx",
    ]

    @Test("a foreign Python object is refused by name", arguments: ["hostile.pth", "hostile_legacy.pth"])
    func foreignGlobal(name: String) throws {
        let message = failure(try fixtureBytes(name))
        #expect(message.contains("found the Python object 'posix system', which is refused; nothing was executed"))
    }

    @Test("of the torch storages exactly ten are taken, and three other names")
    func globals() {
        for name in ["Float", "Half", "BFloat16", "Double", "Long", "Int", "Short", "Char", "Byte", "Bool"] {
            #expect(PickleGlobal(module: "torch", name: name + "Storage") != nil)
        }
        for (module, name) in [
            ("torch", "load"), ("torch", "ComplexFloatStorage"), ("torch._utils", "_rebuild_tensor"), ("os", "system"),
            ("builtins", "eval"), ("collections", "Counter"), ("", ""), ("torch", "FloatStorage "),
        ] {
            #expect(PickleGlobal(module: module, name: name) == nil)
        }
    }

    @Test("a compressed archive says what to do")
    func deflated() throws {
        #expect(failure(try fixtureBytes("deflated.pth")).contains("found method 8; save it again with torch.save"))
    }

    @Test("a tensor expanded beyond its storage is refused: three numbers do not become 300000")
    func expanded() throws {
        #expect(
            failure(try fixtureBytes("expanded.pth")).contains("tensor 'a': expected to lie inside its storage of 3"))
    }

    @Test("every prefix of a sound file is an error", arguments: sound)
    func truncated(name: String) throws {
        let bytes = try fixtureBytes(name)
        _ = try read(bytes)
        var readable = 0
        for count in 0..<bytes.count where failure(Array(bytes[..<count])).isEmpty { readable += 1 }
        #expect(readable == 0)
    }

    @Test("no flipped byte is a trap, and what is still read has the sizes it says", arguments: sound)
    func flipped(name: String) throws {
        let bytes = try fixtureBytes(name)
        var state: UInt64 = 2024
        func next(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        var refused = 0
        for round in 0..<1500 {
            var damaged = bytes
            for _ in 0...(round % 4) { damaged[next(bytes.count)] = [0, 0xFF, 0x80, UInt8(next(256))][next(4)] }
            guard let file = try? read(damaged) else {
                refused += 1
                continue
            }
            for tensor in file.tensors where Parameter.count(of: tensor.dimensions) != tensor.values.count {
                Issue.record("\(tensor.name) has \(tensor.values.count) values for \(tensor.dimensions)")
            }
            if file.format == .onnx { _ = try? file.convolutions() }
            if file.graph != nil { _ = try? ImportMap.layers(of: file) }
        }
        #expect(refused > 0)
    }

    @Test("an ONNX constant without values may not have sizes that no product can be made of")
    func emptyConstant() {
        func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] { [number << 3 | 2, UInt8(bytes.count)] + bytes }
        func varint(_ value: UInt64) -> [UInt8] {
            value < 128 ? [UInt8(value)] : [UInt8(value & 127) | 128] + varint(value >> 7)
        }
        let sizes: [UInt8] = ([0, 1, 1 << 62, 4] as [UInt64]).flatMap { [UInt8(1 << 3)] + varint($0) }
        let constant = sizes + [2 << 3, 1] + field(8, Array("w".utf8))
        let node = field(1, Array("x".utf8)) + field(1, Array("w".utf8)) + field(4, Array("Conv".utf8))
        let message = failure([1 << 3, 8] + field(7, field(1, node) + field(5, constant)) + field(8, [2 << 3, 17]))
        #expect(
            message.contains("the constant 'w': expected 32-bit numbers for the sizes [0, 1, 4611686018427387904, 4]"))
    }

    @Test("an ONNX file of half precision says what to do")
    func halfPrecision() throws {
        let message = failure(try fixtureBytes("half.onnx"))
        #expect(message.contains("the constant '18' is not of 32-bit numbers; save the model in one file in float32"))
    }

    // MARK: - Pickles by hand

    private func archive(_ pickle: [UInt8], storage: [UInt8] = [UInt8](repeating: 0, count: 16)) -> [UInt8] {
        zip([("a/data.pkl", pickle, pickle.count), ("a/data/0", storage, storage.count)])
    }

    /// A stored zip archive; each entry may lie about its size.
    private func zip(_ entries: [(name: String, data: [UInt8], size: Int)]) -> [UInt8] {
        var file: [UInt8] = []
        var directory: [UInt8] = []
        for entry in entries {
            let size = UInt32(truncatingIfNeeded: entry.size)
            let common = bytes(
                UInt16(0), UInt16(0), UInt32(0), UInt32(0), size, size, UInt16(entry.name.utf8.count), UInt16(0))
            directory += bytes(
                UInt32(0x0201_4B50), UInt16(0), UInt16(0), common, UInt16(0), UInt16(0), UInt16(0), UInt32(0))
            directory += bytes(UInt32(file.count), entry.name)
            file += bytes(UInt32(0x0403_4B50), UInt16(0), common, entry.name, entry.data)
        }
        let count = UInt16(entries.count)
        return file + directory
            + bytes(
                UInt32(0x0605_4B50), UInt32(0), count, count, UInt32(directory.count), UInt32(file.count), UInt16(0))
    }

    /// {'t': _rebuild_tensor_v2(storage 0, offset, sizes, strides, False, {})} with `numbers` as long integers.
    private func tensorPickle(offset: Int64, sizes: [Int64], strides: [Int64], storage: String = "FloatStorage")
        -> [UInt8]
    {
        func long(_ value: Int64) -> [UInt8] { bytes(UInt8(0x8A), UInt8(8), UInt64(bitPattern: value)) }
        func tuple(_ values: [Int64]) -> [UInt8] { bytes("(", values.flatMap(long), "t") }
        return bytes(
            [0x80, 2] as [UInt8], "}X", UInt32(1), "tctorch._utils\n_rebuild_tensor_v2\n((X", UInt32(7), "storage",
            "ctorch\n\(storage)\nX", UInt32(1), "0X", UInt32(3), "cpuK", UInt8(4), "tQ", long(offset), tuple(sizes),
            tuple(strides),
            [0x89] as [UInt8], "}tRs.")
    }

    @Test(
        "views that leave their storage or overflow are refused",
        arguments: [
            (0, [5], [1]), (1, [4], [1]), (-1, [2], [1]), (0, [2, 2], [3, 1]), (0, [2], [Int64.max]),
            (Int64.max, [1], [1]),
            (0, [Int64.max, Int64.max], [1, 1]), (0, [2], [-1]), (0, [-2], [1]), (0, [2], [1, 1]),
            (0, [0, Int64.max], [1, 1]),
            (0, [1, 1, 1, 1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1, 1, 1, 1]), (0, [3, 2], [0, 4]),
        ] as [(Int64, [Int64], [Int64])])
    func views(offset: Int64, sizes: [Int64], strides: [Int64]) throws {
        #expect(!failure(archive(tensorPickle(offset: offset, sizes: sizes, strides: strides))).isEmpty)
    }

    @Test("views that fit are taken, whatever the stride of a size of one")
    func fittingViews() throws {
        let storage = bytes([1, 2, 3, 4].map { Float($0).bitPattern }.flatMap { bytes($0) })
        func values(_ offset: Int64, _ sizes: [Int64], _ strides: [Int64]) throws -> [Float] {
            let file = try read(archive(tensorPickle(offset: offset, sizes: sizes, strides: strides), storage: storage))
            return contents(try #require(file.tensors.first).values)
        }
        #expect(try values(0, [2, 2], [1, 2]) == [1, 3, 2, 4])
        #expect(try values(1, [2, 1], [2, .max]) == [2, 4])
        #expect(try values(3, [], []) == [4])
        #expect(try values(0, [2, 2], [0, 1]) == [1, 2, 1, 2])
    }

    @Test("small pickles that would be large in memory, deep or endless are errors")
    func bombs() {
        let header: [UInt8] = [0x80, 2]
        func message(_ pickle: [UInt8]) -> String { failure(archive(header + pickle)) }
        #expect(message(bytes(")", [UInt8](repeating: 0x85, count: 900_000), ".")).contains("expected a dictionary"))
        #expect(message([UInt8](repeating: UInt8(ascii: "("), count: 2_000_000)).contains("opcodes, found more"))
        // A list of 200000 pairs, given to OrderedDict again and again.
        var list = bytes("](K", UInt8(1), "K", UInt8(2), [0x86] as [UInt8], "q", UInt8(0))
        for _ in 0..<200_000 { list += bytes("h", UInt8(0)) }
        list += bytes("eq", UInt8(1), "0")
        for _ in 0..<1000 { list += bytes("ccollections\nOrderedDict\nh", UInt8(1), [0x85] as [UInt8], "R0") }
        #expect(message(list + bytes("}.")).contains("items, found more"))
        // A list that contains itself.
        #expect(message(bytes("]q", UInt8(0), "h", UInt8(0), "a.")).contains("expected a dictionary"))
    }

    @Test(
        "pickles that do not add up are refused",
        arguments: [
            "", ".", "0.", "1.", "t.", "R.", "Q.", "b.", "a.", "s.", "u.", "}(K\u{1}u.", "NNs.", "h\u{5}.", "q\u{1}.",
            "\u{1}.",
            "(}a.", "NQ.", "N)R.", "ctorch\nFloatStorage\n)R.", "ctorch._utils\n_rebuild_parameter\n)R.",
            "ctorch._utils\n_rebuild_tensor_v2\n)R.", "NNb.", "cos\nsystem\n.", "}.", "N.", "cnever ends",
        ])
    func nonsense(pickle: String) {
        #expect(!failure(archive([0x80, 2] + Array(pickle.utf8))).isEmpty)
    }

    @Test("archives that lie about sizes, counts and places are refused")
    func archives() throws {
        let pickle = tensorPickle(offset: 0, sizes: [4], strides: [1])
        let data = [UInt8](repeating: 0, count: 16)
        #expect(failure(zip([("a/data.pkl", pickle, pickle.count), ("a/data/0", data, 16)])).isEmpty)
        for size in [15, 1 << 20, 0xFFFF_FFFF] {
            #expect(!failure(zip([("a/data.pkl", pickle, pickle.count), ("a/data/0", data, size)])).isEmpty)
        }
        #expect(failure(zip([("a/data.pkl", pickle, 1 << 20)])).contains("truncated or damaged"))
        #expect(failure(zip([("a/data.pkl", pickle, pickle.count)])).contains("storage '0': expected in the archive"))
        #expect(failure(zip([("x", data, 16), ("x", data, 16)])).contains("entry 'x': expected once, found twice"))
        #expect(failure(zip([("x", data, 16)])).contains("with a data.pkl"))
        let big = Array("big".utf8)
        #expect(
            failure(zip([("a/data.pkl", pickle, pickle.count), ("a/byteorder", big, 3)])).contains("byte order 'big'"))
    }

    @Test("an archive's storage must hold what its tensors ask for, in their number type")
    func storageTypes() {
        #expect(
            failure(archive(tensorPickle(offset: 0, sizes: [2], strides: [1], storage: "DoubleStorage"))).contains(
                "storage '0'"))
        #expect(failure(archive(tensorPickle(offset: 0, sizes: [4], strides: [1], storage: "ByteStorage"))).isEmpty)
    }
}
