// The description as safetensors metadata: plain keys, plain values, every one checked when read.
import OcellusImage
import OcellusNetwork
import OcellusTensor

extension ModelDescription {
    /// The version of these keys; a file that says another is refused.
    static let format = "ocellus-1"
    /// More classes than any architecture's heads are meant for; bounds what a hostile file can make us declare.
    static let labelLimit = 1000
    /// Sides of the input that a file may ask for, in pixels.
    public static let inputSides = 32...2048

    public func write(to writer: inout ModelFileWriter) {
        writer.set("format", to: ModelDescription.format)
        writer.set("architecture", to: architecture.name)
        writer.set("architecture.width", to: "\(width)")
        var names = ""
        for (index, label) in labels.enumerated() { names += (index > 0 ? "\n" : "") + label }
        writer.set("labels", to: names)
        writer.set("input.width", to: "\(preprocessing.inputWidth)")
        writer.set("input.height", to: "\(preprocessing.inputHeight)")
        writer.set("input.channels", to: preprocessing.channelOrder == .rgb ? "rgb" : "bgr")
        writer.set("input.mean", to: ModelDescription.text(preprocessing.mean))
        writer.set("input.scale", to: ModelDescription.text(preprocessing.scale))
        switch preprocessing.fit {
        case .stretch: writer.set("input.fit", to: "stretch")
        case .letterbox(let placement, let fill):
            writer.set("input.fit", to: placement == .topLeft ? "letterbox top-left" : "letterbox centred")
            if case .grey(let level) = fill { writer.set("input.fill", to: "\(level)") }
        }
        writer.set("threshold.score", to: "\(scoreThreshold)")
        writer.set("threshold.overlap", to: "\(overlapThreshold)")
        if let blendOverlap { writer.set("threshold.blend", to: "\(blendOverlap)") }
        writer.set("normalization", to: isFolded ? "folded" : "batch")
        writer.set("precision", to: precision.name)
        if refiner != nil { writer.set(LandmarkRefiner.key, to: LandmarkRefiner.name) }
        for entry in provenance { writer.set(Name("provenance." + entry.key), to: entry.value) }
    }

    /// Reads what a file says of its model.
    ///
    /// Throws `.invalidData` that names the key when one is missing or makes no sense, and `.unsupported` for an
    /// architecture or a format version that this library does not know.
    public init(_ file: ModelFile) throws(OcellusError) {
        let fields = MetadataFields(file: file)
        let format = try fields.bytes("format")
        guard format == Array(ModelDescription.format.utf8) else {
            throw fields.unsupported("format", "expected \(ModelDescription.format)")
        }
        guard let architecture = Architecture(name: Name(bytes: try fields.bytes("architecture"))) else {
            throw fields.unsupported("architecture", "known ones are \(Architecture.names)")
        }
        let labels = try fields.lines("labels")
        guard labels.count <= ModelDescription.labelLimit else {
            throw fields.invalid("labels", "at most \(ModelDescription.labelLimit) names, found \(labels.count)")
        }
        self.init(
            architecture: architecture, labels: labels, preprocessing: try fields.preprocessing(),
            scoreThreshold: try fields.number("threshold.score", 0...1),
            overlapThreshold: try fields.number("threshold.overlap", 0...1))
        if fields.has("threshold.blend") {
            blendOverlap = try fields.number("threshold.blend", 0...1)
            guard canBlend else {
                throw fields.invalid("threshold.blend", "for models of one class, found \(labels.count)")
            }
        }
        width = try fields.number("architecture.width", 0.125...2)
        isFolded = try fields.choice("normalization", ["batch", "folded"]) == 1
        precision = try fields.choice("precision", ["float", "int8"]) == 1 ? .int8 : .float
        guard precision == .float || isFolded else {
            throw fields.invalid("normalization", "an int8 model is folded")
        }
        refiner = try LandmarkRefiner(file)
        guard refiner == nil || architecture.landmarkCoder != nil else {
            throw fields.invalid(LandmarkRefiner.key, "\(architecture.name) has no landmarks to refine")
        }
        let prefix = Array("provenance.".utf8)
        for entry in file.metadata where entry.key.bytes.starts(with: prefix) {
            provenance.append(
                (
                    String(decoding: entry.key.bytes.dropFirst(prefix.count), as: UTF8.self),
                    String(decoding: entry.value, as: UTF8.self)
                ))
        }
    }

    /// The network that a file asks for. To the file's reader a mistake is the file's, whatever it is to the declaration.
    func declare(for file: ModelFile) throws(OcellusError) -> Graph {
        do throws(OcellusError) {
            return try declare()
        } catch {
            let code: OcellusError.Code = error.code == .invalidArgument ? .invalidData : error.code
            throw OcellusError(code, "\(file.origin): the metadata do not fit together: \(error.message)")
        }
    }

    private static func text(_ values: SIMD3<Float>) -> String { "\(values.x) \(values.y) \(values.z)" }
}
