// Models for other engines: an ONNX file with everything in its metadata that a user of it has to know.
// Decoding is not part of the file: it ends at head rows, as our own network does.
import OcellusDetection
import OcellusImage
import OcellusModels
import OcellusNetwork
import OcellusTensor

/// Writes models as ONNX (operator set 17).
///
/// In float the input `image` is float [1, 3, height, width] with (pixel - mean) * scale. In int8 it is uint8
/// [1, 3, height, width] with the pixels themselves; the network has QuantizeLinear and DequantizeLinear around each
/// operator, from which engines make integer operators. Outputs are `scores` [1, anchors, classes] before softmax or
/// sigmoid, `boxes` [1, anchors, 4] and, for faces, `landmarks` [1, anchors, 10], both as offsets from the anchors.
public enum ONNXExport {
    /// The file's bytes, the same ones for the same model.
    ///
    /// - Parameter precision: of the file; nil is the model's own. A quantised model in float has the real weights
    ///   that its integers stand for.
    ///
    /// Throws `.invalidArgument` for int8 from a float model, `.unsupported` for more than 2 GB.
    public static func bytes(_ model: Model, precision: Precision? = nil) throws(OcellusError) -> [UInt8] {
        var description = model.description
        description.precision = precision ?? description.precision
        description.isFolded = true
        let exporter: ONNXExporter
        switch (model.quantized, description.precision) {
        case (nil, .int8):
            throw OcellusError(
                .invalidArgument,
                "an int8 export needs a quantised model, and this one is float: run 'ocellus quantize' on it first, or "
                    + "export with '--precision float'")
        case (nil, .float):
            let folded = try model.folded()
            exporter = ONNXExporter(folded.graph, folded.parameters)
        case (let network?, .float): exporter = ONNXExporter(network.graph, try network.realParameters())
        case (let network?, .int8): exporter = ONNXExporter(network)
        }
        var file = try exporter.translated()
        file.name = description.architecture.name
        file.documentation = documentation(description)
        // The file has the detector alone.
        description.refiner = nil
        file.metadata = try metadata(description)
        return try file.bytes()
    }

    /// Writes the file atomically. Throws `.io`, and what `bytes` throws.
    public static func write(_ model: Model, precision: Precision? = nil, to path: String) throws(OcellusError) {
        let buffer = try Buffer(try bytes(model, precision: precision))
        try FileBytes.write(UnsafeBufferPointer(buffer.elements), to: path)
    }

    private static func documentation(_ description: ModelDescription) -> String {
        let input =
            description.precision == .int8
            ? "the pixels 0...255 as uint8" : "(pixel - input.mean) * input.scale as float"
        return
            "\(description.architecture.name), written by ocellus. Input 'image': \(input), NCHW, channels, size and "
            + "fit as the metadata input.* say. Outputs are rows, one an anchor: 'scores' before the activation that "
            + "decode.scores names (column 0 is the background), 'boxes' and 'landmarks' as offsets from the anchors."
    }

    /// The keys of our model files, and what a decoder of the rows needs.
    private static func metadata(_ description: ModelDescription) throws(OcellusError) -> [(key: String, value: String)]
    {
        var writer = ModelFileWriter()
        description.write(to: &writer)
        let bytes = try writer.bytes()
        let file = try ModelFile(bytes: UnsafeBufferPointer(bytes.elements), owner: bytes, origin: "metadata")
        var entries: [(key: String, value: String)] = []
        for entry in file.metadata where entry.key != "format" {
            entries.append((entry.key.description, String(decoding: entry.value, as: UTF8.self)))
        }
        let architecture = description.architecture
        let coder = architecture.boxCoder
        entries.append(
            ("input.values", description.precision == .int8 ? "pixel" : "(pixel - input.mean) * input.scale"))
        entries.append(("decode.scores", architecture.scoreActivation == .softmax ? "softmax" : "sigmoid"))
        entries.append(
            (
                "decode.boxes",
                coder.order == .xywh ? "centre x, centre y, width, height" : "centre y, centre x, height, width"
            ))
        entries.append(("decode.boxes.variances", "\(coder.centreVariance) \(coder.sizeVariance)"))
        if let coder = architecture.landmarkCoder { entries.append(("decode.landmarks.variance", "\(coder.variance)")) }
        entries.append(("decode.suppression", architecture.suppression == .perClass ? "per class" : "agnostic"))
        return entries
    }
}
