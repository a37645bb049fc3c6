// Reads single metadata values with errors that name the file and the key.
import CSystem
import OcellusImage
import OcellusNetwork
import OcellusTensor

struct MetadataFields {
    let file: ModelFile

    func has(_ key: Name) -> Bool { file.metadata.contains { $0.key == key } }

    func bytes(_ key: Name) throws(OcellusError) -> [UInt8] {
        for entry in file.metadata where entry.key == key { return entry.value }
        throw OcellusError(
            .invalidData,
            "\(file.origin): the metadata have no '\(key)'; was this file written by ocellus? "
                + "'ocellus import' turns foreign weights into a model file")
    }

    func lines(_ key: Name) throws(OcellusError) -> [String] {
        try bytes(key).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    /// The index of the one of `choices` that the value is.
    func choice(_ key: Name, _ choices: [Name]) throws(OcellusError) -> Int {
        let value = Name(bytes: try bytes(key))
        for (index, choice) in choices.enumerated() where choice == value { return index }
        var known = ""
        for choice in choices { known += (known.isEmpty ? "" : ", ") + "\(choice)" }
        throw invalid(key, "expected one of \(known)")
    }

    func number(_ key: Name, _ range: ClosedRange<Float>) throws(OcellusError) -> Float {
        let values = try numbers(key, count: 1)
        guard range.contains(values[0]) else {
            throw invalid(key, "expected a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return values[0]
    }

    func integer(_ key: Name, _ range: ClosedRange<Int>) throws(OcellusError) -> Int {
        let value = try number(key, Float(range.lowerBound)...Float(range.upperBound))
        guard value == value.rounded() else { throw invalid(key, "expected a whole number") }
        return Int(value)
    }

    /// Exactly `count` finite numbers with single spaces between.
    func numbers(_ key: Name, count: Int) throws(OcellusError) -> [Float] {
        let expectation = count == 1 ? "expected a number" : "expected \(count) numbers with spaces between"
        var values: [Float] = []
        for part in try bytes(key).split(separator: UInt8(ascii: " ")) {
            var value = 0.0
            let text = Array(part)
            let used = text.withUnsafeBytes { bytes in
                ocs_parse_double(bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, &value)
            }
            let isNumber = used == text.count && Float(value).isFinite
            guard isNumber, values.count < count else { throw invalid(key, expectation) }
            values.append(Float(value))
        }
        guard values.count == count else { throw invalid(key, expectation) }
        return values
    }

    func triple(_ key: Name) throws(OcellusError) -> SIMD3<Float> {
        let values = try numbers(key, count: 3)
        return SIMD3(values[0], values[1], values[2])
    }

    func preprocessing() throws(OcellusError) -> Preprocessing {
        let limits = ModelDescription.inputSides
        let fits: [Name] = ["stretch", "letterbox top-left", "letterbox centred"]
        let fit = try choice("input.fit", fits)
        var fill = Preprocessing.Fill.mean
        if file.metadata("input.fill") != nil { fill = .grey(try number("input.fill", 0...255)) }
        return Preprocessing(
            inputWidth: try integer("input.width", limits), inputHeight: try integer("input.height", limits),
            channelOrder: try choice("input.channels", ["rgb", "bgr"]) == 0 ? .rgb : .bgr,
            mean: try triple("input.mean"), scale: try triple("input.scale"),
            fit: fit == 0 ? .stretch : .letterbox(fit == 1 ? .topLeft : .centred, fill))
    }

    func invalid(_ key: Name, _ expectation: String) -> OcellusError {
        OcellusError(.invalidData, "\(file.origin): metadata '\(key)' is \(found(key)): \(expectation)")
    }

    func unsupported(_ key: Name, _ expectation: String) -> OcellusError {
        OcellusError(.unsupported, "\(file.origin): metadata '\(key)' is \(found(key)): \(expectation)")
    }

    /// The value in quotes, cut to a length a message can carry.
    private func found(_ key: Name) -> String {
        for entry in file.metadata where entry.key == key {
            let text = String(decoding: entry.value.prefix(40), as: UTF8.self)
            return "'\(text)\(entry.value.count > 40 ? "…" : "")'"
        }
        return "missing"
    }
}
