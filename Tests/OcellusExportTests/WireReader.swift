// The least that reads a protocol buffers message back: fields in order, numbers and bytes told apart by their key.
// Written from the format's description, not from the writer.

/// One field of a message.
struct WireField {
    let number: Int
    let integer: Int
    let bytes: [UInt8]

    var text: String { String(decoding: bytes, as: UTF8.self) }
    var fields: [WireField] { WireField.all(bytes) }

    /// Empty when the bytes are not a message.
    static func all(_ bytes: [UInt8]) -> [WireField] {
        var fields: [WireField] = []
        var place = 0
        func varint() -> Int? {
            var (value, shift) = (UInt64(0), UInt64(0))
            while place < bytes.count, shift < 64 {
                let byte = bytes[place]
                place += 1
                value |= UInt64(byte & 0x7F) << shift
                if byte < 0x80 { return Int(truncatingIfNeeded: value) }
                shift += 7
            }
            return nil
        }
        while place < bytes.count {
            guard let key = varint() else { return [] }
            switch key & 7 {
            case 0:
                guard let value = varint() else { return [] }
                fields.append(WireField(number: key >> 3, integer: value, bytes: []))
            case 2:
                guard let count = varint(), count >= 0, count <= bytes.count - place else { return [] }
                fields.append(WireField(number: key >> 3, integer: 0, bytes: Array(bytes[place..<place + count])))
                place += count
            case 5:
                guard bytes.count - place >= 4 else { return [] }
                fields.append(WireField(number: key >> 3, integer: 0, bytes: Array(bytes[place..<place + 4])))
                place += 4
            default: return []
            }
        }
        return fields
    }
}

extension [WireField] {
    func texts(_ number: Int) -> [String] { filter { $0.number == number }.map(\.text) }
    func integers(_ number: Int) -> [Int] { filter { $0.number == number }.map(\.integer) }
    func messages(_ number: Int) -> [[WireField]] { filter { $0.number == number }.map(\.fields) }
}

/// The parts of an ONNX file that tests ask for.
struct ReadModel {
    struct Operator {
        let kind: String
        let inputs: [String]
        let output: String
        /// Integers of an attribute; empty for one that is not there or of another type.
        let integers: [String: [Int]]
    }

    struct Constant {
        let dimensions: [Int]
        let element: Int
        let content: [UInt8]
    }

    let operators: [Operator]
    let constants: [String: Constant]
    let inputs: [String]
    let outputs: [String]
    let metadata: [String: String]

    init(_ bytes: [UInt8]) {
        let model = WireField.all(bytes)
        let graph = model.messages(7).first ?? []
        operators = graph.messages(1).map { node in
            var integers: [String: [Int]] = [:]
            for attribute in node.messages(5) {
                integers[attribute.texts(1).first ?? ""] = attribute.integers(3) + attribute.integers(8)
            }
            return Operator(
                kind: node.texts(4).first ?? "", inputs: node.texts(1), output: node.texts(2).first ?? "",
                integers: integers)
        }
        var constants: [String: Constant] = [:]
        for tensor in graph.messages(5) {
            constants[tensor.texts(8).first ?? ""] = Constant(
                dimensions: tensor.integers(1), element: tensor.integers(2).first ?? 0,
                content: tensor.first { $0.number == 9 }?.bytes ?? [])
        }
        self.constants = constants
        inputs = graph.messages(11).flatMap { $0.texts(1) }
        outputs = graph.messages(12).flatMap { $0.texts(1) }
        var metadata: [String: String] = [:]
        for entry in model.messages(14) { metadata[entry.texts(1).first ?? ""] = entry.texts(2).first ?? "" }
        self.metadata = metadata
    }

    /// What is wrong with the way names are used: read before they are made, or made twice.
    var misuses: [String] {
        var known = Set(inputs).union(constants.keys)
        var misuses: [String] = []
        for item in operators {
            for input in item.inputs where !input.isEmpty && !known.contains(input) {
                misuses.append("\(item.kind) reads \(input) too early")
            }
            if !known.insert(item.output).inserted { misuses.append("\(item.output) is made twice") }
        }
        return misuses + outputs.filter { !known.contains($0) }.map { "nothing makes \($0)" }
    }
}
