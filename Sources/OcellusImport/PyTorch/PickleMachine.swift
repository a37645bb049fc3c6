// A stack machine for the pickle opcodes that torch.save emits, protocols 2 to 5. It runs no Python and builds no
// objects: `PickleMachine+Calls` has the few calls it knows. Opcodes: CPython, Lib/pickletools.py.
import OcellusTensor

/// Limits: 2^20 opcodes, and a name of a Python object of at most 256 bytes. Containers refer to one another by index,
/// so depth costs nothing and a loop is harmless.
struct PickleMachine {
    static let opcodeLimit = 1 << 20

    let source: ByteSource
    /// The next byte to read; after `run`, the first byte after the pickle.
    private(set) var position: Int
    var containers: [PickleContainer] = []
    var storages: [PyTorchStorage] = []
    var tensors: [PyTorchTensor] = []
    var stack: [PickleValue] = []
    private var marks: [Int] = []
    private var memo: [Int: PickleValue] = [:]
    private let end: Int
    var copiedItems = 0

    /// Reads the pickle that begins at `range.lowerBound` and ends before `range.upperBound`.
    init(source: ByteSource, range: Range<Int>) {
        self.source = source
        position = range.lowerBound
        end = range.upperBound
    }

    func failure(_ text: String) -> OcellusError { source.failure("pickle, byte \(position): \(text)") }

    /// Runs to STOP and returns what is then on top of the stack.
    mutating func run() throws(OcellusError) -> PickleValue {
        for _ in 0..<PickleMachine.opcodeLimit {
            let opcode = try integer(UInt8.self)
            if opcode == UInt8(ascii: ".") { return try pop() }
            try step(opcode)
        }
        throw failure("expected at most \(PickleMachine.opcodeLimit) opcodes, found more")
    }

    private mutating func step(_ opcode: UInt8) throws(OcellusError) {
        switch opcode {
        case 0x80:  // PROTO
            let version = try integer(UInt8.self)
            guard (2...5).contains(version) else {
                throw source.unsupported("expected pickle protocol 2 to 5, found \(version)")
            }
        case 0x95: _ = try take(8)  // FRAME: only a hint for buffered readers
        case UInt8(ascii: "("): marks.append(stack.count)
        case UInt8(ascii: "0"): _ = try pop()
        case UInt8(ascii: "1"): _ = try popToMark()
        case UInt8(ascii: "2"): stack.append(try top())
        case UInt8(ascii: "N"): stack.append(.none)
        case 0x88: stack.append(.bool(true))
        case 0x89: stack.append(.bool(false))
        case UInt8(ascii: "J"): stack.append(.integer(Int(try integer(Int32.self))))
        case UInt8(ascii: "K"): stack.append(.integer(Int(try integer(UInt8.self))))
        case UInt8(ascii: "M"): stack.append(.integer(Int(try integer(UInt16.self))))
        case 0x8A: try pushLong(Int(try integer(UInt8.self)))
        case UInt8(ascii: "G"):
            stack.append(.float(Double(bitPattern: UInt64(bigEndian: try integer(UInt64.self)))))
        // Strings and bytes, by the size of their length.
        case 0x8C, UInt8(ascii: "C"), UInt8(ascii: "U"): try pushText(Int(try integer(UInt8.self)))
        case UInt8(ascii: "X"), UInt8(ascii: "B"), UInt8(ascii: "T"): try pushText(Int(try integer(UInt32.self)))
        case 0x8D, 0x8E: try pushText(Int(clamping: try integer(UInt64.self)))
        case UInt8(ascii: ")"): push(.tuple, [])
        case 0x85: try pushTuple(1)
        case 0x86: try pushTuple(2)
        case 0x87: try pushTuple(3)
        case UInt8(ascii: "t"): push(.tuple, try popToMark())
        case UInt8(ascii: "]"): push(.list, [])
        case UInt8(ascii: "}"): push(.dictionary, [])
        case 0x8F: push(.set, [])
        case UInt8(ascii: "a"): try extend(.list, with: [try pop()])
        case UInt8(ascii: "e"): try extend(.list, with: try popToMark())
        case 0x90: try extend(.set, with: try popToMark())
        case UInt8(ascii: "s"):
            let value = try pop()
            try extend(.dictionary, with: [try pop(), value])
        case UInt8(ascii: "u"): try extend(.dictionary, with: try popToMark())
        case UInt8(ascii: "q"): memo[Int(try integer(UInt8.self))] = try top()
        case UInt8(ascii: "r"): memo[Int(try integer(UInt32.self))] = try top()
        case 0x94: memo[memo.count] = try top()
        case UInt8(ascii: "h"): try recall(Int(try integer(UInt8.self)))
        case UInt8(ascii: "j"): try recall(Int(try integer(UInt32.self)))
        case UInt8(ascii: "c"): try pushGlobal(module: try line(), name: try line())
        case 0x93:
            guard case .text(let name) = try pop(), case .text(let module) = try pop() else {
                throw failure("expected two names of a Python object, found something else")
            }
            try pushGlobal(module: module, name: name)
        case UInt8(ascii: "Q"): try pushPersistent()
        case UInt8(ascii: "R"): try call()
        case UInt8(ascii: "b"): try build()
        default:
            throw source.unsupported(
                "pickle, byte \(position - 1): expected an opcode of a state_dict, found \(opcode); "
                    + "save model.state_dict() with torch.save")
        }
    }

    // MARK: - Reading

    private mutating func take(_ count: Int) throws(OcellusError) -> Range<Int> {
        guard count >= 0, count <= end - position else {
            throw failure("expected \(count) more bytes, found \(end - position); the file is truncated or damaged")
        }
        defer { position += count }
        return position..<position + count
    }

    private mutating func integer<Integer: FixedWidthInteger & BitwiseCopyable>(
        _ type: Integer.Type
    ) throws(OcellusError) -> Integer {
        try source.integer(try take(MemoryLayout<Integer>.size).lowerBound, type, "pickle")
    }

    private mutating func line() throws(OcellusError) -> Range<Int> {
        let start = position
        while position < end, position - start <= 256 {
            position += 1
            if source.bytes[position - 1] == 0x0A { return start..<position - 1 }
        }
        throw failure("expected a name of at most 256 bytes that ends with its line")
    }

    private mutating func pushText(_ count: Int) throws(OcellusError) { stack.append(.text(try take(count))) }

    private mutating func pushLong(_ count: Int) throws(OcellusError) {
        let range = try take(count)
        guard count <= 8 else { return stack.append(.longInteger(range)) }
        var value: UInt64 = 0
        for (index, byte) in source.bytes[range].enumerated() { value |= UInt64(byte) << UInt64(index * 8) }
        // Two's complement: the highest byte's sign goes on upwards.
        let shift = UInt64(64 - count * 8)
        stack.append(.integer(count == 0 ? 0 : Int(Int64(bitPattern: value << shift) >> Int64(shift))))
    }

    // MARK: - Stack and memo

    func top() throws(OcellusError) -> PickleValue {
        guard let value = stack.last, stack.count > (marks.last ?? 0) else {
            throw failure("expected a value on the stack, found none")
        }
        return value
    }

    mutating func pop() throws(OcellusError) -> PickleValue {
        let value = try top()
        stack.removeLast()
        return value
    }

    private mutating func popToMark() throws(OcellusError) -> [PickleValue] {
        guard let mark = marks.popLast() else { throw failure("expected a mark on the stack, found none") }
        let values = Array(stack[mark...])
        stack.removeSubrange(mark...)
        return values
    }

    mutating func push(_ kind: PickleContainer.Kind, _ items: [PickleValue]) {
        stack.append(.container(containers.count))
        containers.append(PickleContainer(kind: kind, items: items))
    }

    private mutating func pushTuple(_ count: Int) throws(OcellusError) {
        var items: [PickleValue] = []
        for _ in 0..<count { items.append(try pop()) }
        push(.tuple, items.reversed())
    }

    private mutating func extend(_ kind: PickleContainer.Kind, with items: [PickleValue]) throws(OcellusError) {
        guard case .container(let index) = try top(), containers[index].kind == kind,
            kind != .dictionary || items.count % 2 == 0
        else { throw failure("expected a \(kind) to add to, found something else") }
        containers[index].items += items
    }

    private mutating func recall(_ index: Int) throws(OcellusError) {
        guard let value = memo[index] else { throw failure("expected memo \(index) to be set, found it empty") }
        stack.append(value)
    }

    private mutating func pushGlobal(module: Range<Int>, name: Range<Int>) throws(OcellusError) {
        let (moduleText, nameText) = (source.text(module.prefix(256)), source.text(name.prefix(256)))
        guard let global = PickleGlobal(module: moduleText, name: nameText) else {
            throw source.unsupported(
                "expected a state_dict of tensors, found the Python object \(quoted(moduleText + " " + nameText)), "
                    + "which is refused; nothing was executed. Save model.state_dict() with torch.save")
        }
        stack.append(.global(global))
    }
}
