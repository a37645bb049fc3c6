// Model files whose metadata or tensors are wrong: an error that names the file and what is wrong in it, never a trap.
import OcellusModels
import OcellusNetwork
import OcellusTensor
import TestSupport
import Testing

/// A change to a sound file's metadata and what it must lead to.
struct MetadataFault: Sendable, CustomStringConvertible {
    let key: String
    /// nil leaves the key out.
    let value: String?
    var code = OcellusError.Code.invalidData
    /// What the message must name besides the file; the key unless said otherwise.
    var naming: String?

    var description: String { "\(key) = \(value?.prefix(30) ?? "(missing)")" }
}

@Suite("Hostile models") struct HostileModelTests {
    static let keys = [
        "format", "architecture", "architecture.width", "labels", "input.width", "input.height", "input.channels",
        "input.mean", "input.scale", "input.fit", "threshold.score", "threshold.overlap", "normalization", "precision",
    ]

    static let faults: [MetadataFault] =
        keys.map { MetadataFault(key: $0, value: nil) }
        + keys.map { key in
            let isUnsupported = key == "format" || key == "architecture"
            return MetadataFault(
                key: key, value: key == "labels" ? "face\nmask" : "", code: isUnsupported ? .unsupported : .invalidData,
                naming: key == "labels" ? "class" : nil)
        }
        + ["1", "0", "31", "2049", "99999", "-300", "300.5", "3e2x", "nan", "inf", "300 300", " ", "0x"].flatMap {
            [MetadataFault(key: "input.width", value: $0), MetadataFault(key: "input.height", value: $0)]
        }
        + ["0", "0.1", "2.1", "nan", "-1", "one"].map { MetadataFault(key: "architecture.width", value: $0) }
        + ["-0.1", "1.1", "nan", "inf", "half", "0.5 0.5"].flatMap {
            [MetadataFault(key: "threshold.score", value: $0), MetadataFault(key: "threshold.overlap", value: $0)]
        }
        + ["1 2", "1 2 3 4", "1 2 x", "1 2 nan", "1 2 inf", "1e300 2 3", "1,2,3"].flatMap {
            [MetadataFault(key: "input.mean", value: $0), MetadataFault(key: "input.scale", value: $0)]
        }
        + ["256", "-1", "grey", "nan"].map { MetadataFault(key: "input.fill", value: $0) }
        + [
            MetadataFault(key: "threshold.blend", value: "1.5"),
            MetadataFault(key: "threshold.blend", value: "most"),
            MetadataFault(key: "input.channels", value: "RGB"),
            MetadataFault(key: "input.fit", value: "letterbox"),
            MetadataFault(key: "normalization", value: "none"),
            MetadataFault(key: "precision", value: "float16"),
            MetadataFault(key: "precision", value: "int8", naming: "'normalization'"),
            MetadataFault(key: "format", value: "ocellus-2", code: .unsupported),
            MetadataFault(key: "architecture", value: "yolo", code: .unsupported),
            MetadataFault(key: "architecture", value: String(repeating: "x", count: 100_000), code: .unsupported),
            MetadataFault(key: "labels", value: String(repeating: "a\n", count: 1000)),
            MetadataFault(key: "labels", value: String(repeating: "\n", count: 1_000_000)),
            MetadataFault(key: "architecture.width", value: "0.5", naming: "width of 1"),
            MetadataFault(key: "architecture", value: "mobilenet-ssd", naming: "missing"),
        ]

    @Test("metadata that are missing, wrong or out of range are named together with the file", arguments: faults)
    func metadata(fault: MetadataFault) throws {
        let file = try self.file { writer, entries in
            for (key, value) in entries where key.description != fault.key { writer.set(key, to: value) }
            if let value = fault.value { writer.set(Name(fault.key), to: value) }
        }
        let error = #expect(throws: OcellusError.self) { try Model(file) }
        #expect(error?.code == fault.code)
        let message = error?.message ?? ""
        #expect(message.hasPrefix("hostile.safetensors: "), "\(message)")
        #expect(message.contains(fault.naming ?? "'\(fault.key)'"), "\(message)")
        #expect(message.utf8.count < 500)
    }

    @Test("the file that is changed here is sound as it is")
    func sound() throws {
        let file = try self.file { writer, entries in for (key, value) in entries { writer.set(key, to: value) } }
        let model = try Model(file)
        #expect(model.description.labels == ["face"])
    }

    @Test("metadata can ask for the largest input and the most labels, and no more")
    func limits() throws {
        let large = try file { writer, entries in
            for (key, value) in entries { writer.set(key, to: value) }
            writer.set("input.width", to: "2048")
            writer.set("input.height", to: "32")
        }
        #expect(try Model(large).graph.inputShape == Shape(height: 32, width: 2048, channels: 3))
        var description = Architecture.mobileNetSSDCaffe.defaultDescription()
        description.labels = (0..<1000).map { "\($0)" }
        #expect(try description.declare().nodes.count > 0)
        description.labels.append("one more")
        #expect(throws: OcellusError.self) { try description.declare() }
    }

    @Test("a tensor that is missing or has other sizes is named")
    func tensors() throws {
        let model = try Model.random(.retinaFaceMobileNet025, seed: 1)
        for name: Name in ["body.stage1.0.0.weight", "ssh3.conv5X5_1.1.bias", "LandmarkHead.2.conv1x1.bias"] {
            for isMissing in [true, false] {
                var writer = ModelFileWriter()
                model.description.write(to: &writer)
                for declared in model.graph.parameters {
                    if declared.name != name { try writer.add(declared.name, model.parameters.required(declared)) }
                }
                if !isMissing { try writer.add(name, Parameter(dimensions: [3], values: Buffer([1, 2, 3]))) }
                let bytes = try writer.bytes()
                let file = try ModelFile(
                    bytes: UnsafeBufferPointer(bytes.elements), owner: bytes, origin: "hostile.safetensors")
                let error = #expect(throws: OcellusError.self) { try Model(file) }
                #expect(error?.code == .invalidData)
                #expect(error?.message.hasPrefix("hostile.safetensors: tensor '\(name)'") == true)
                #expect(error?.message.contains(isMissing ? "missing" : "sizes [3]") == true)
            }
        }
    }

    @Test("a tensor of integers where floats belong is refused by name")
    func integers() throws {
        let model = try Model.random(.retinaFaceMobileNet025, seed: 1)
        var writer = ModelFileWriter()
        model.description.write(to: &writer)
        let odd: Name = "fpn.merge1.1.bias"
        for declared in model.graph.parameters where declared.name != odd {
            try writer.add(declared.name, model.parameters.required(declared))
        }
        try writer.add(odd, dimensions: [64], int32: Buffer(count: 64))
        let bytes = try writer.bytes()
        let file = try ModelFile(
            bytes: UnsafeBufferPointer(bytes.elements), owner: bytes, origin: "hostile.safetensors")
        let error = #expect(throws: OcellusError.self) { try Model(file) }
        #expect(error?.code == .invalidData && error?.message.contains("\(odd)") == true)
    }

    /// The bytes of a sound model's tensors with metadata that `write` chooses from the sound ones.
    private func file(
        _ write: (inout ModelFileWriter, [(key: Name, value: String)]) throws -> Void
    ) throws -> ModelFile {
        var sound = ModelFileWriter()
        HostileModelTests.model.description.write(to: &sound)
        let bytes = try sound.bytes()
        let entries = try ModelFile(
            bytes: UnsafeBufferPointer(bytes.elements), owner: bytes, origin: "sound"
        ).metadata.map { (key: $0.key, value: String(decoding: $0.value, as: UTF8.self)) }
        var writer = ModelFileWriter()
        try write(&writer, entries)
        for declared in HostileModelTests.model.graph.parameters {
            try writer.add(declared.name, HostileModelTests.model.parameters.required(declared))
        }
        let result = try writer.bytes()
        return try ModelFile(bytes: UnsafeBufferPointer(result.elements), owner: result, origin: "hostile.safetensors")
    }

    private static let model: Model = {
        do { return try Model.random(.retinaFaceMobileNet025, seed: 1) } catch { preconditionFailure("\(error)") }
    }()
}
