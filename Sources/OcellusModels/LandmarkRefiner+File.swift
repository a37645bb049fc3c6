// The refiner's place in a model file: one key that says which one it is, and its tensors under `refiner.`. It is in integers
// whatever the detector is in.
import OcellusNetwork
import OcellusQuantization
import OcellusTensor

extension LandmarkRefiner {
    static let key: Name = "landmarks.refiner"
    static let name = "square48"
    private static let scope: Name = "refiner"

    func write(to writer: inout ModelFileWriter) throws(OcellusError) {
        try network.write(to: &writer, scope: LandmarkRefiner.scope)
    }

    /// Nil where the file has none. Throws `.unsupported` for one that this library does not know, `.invalidData` that names the
    /// tensor when one is missing, mis-sized or out of range.
    init?(_ file: ModelFile) throws(OcellusError) {
        let fields = MetadataFields(file: file)
        guard fields.has(LandmarkRefiner.key) else { return nil }
        guard try fields.bytes(LandmarkRefiner.key) == Array(LandmarkRefiner.name.utf8) else {
            throw fields.unsupported(LandmarkRefiner.key, "the known one is \(LandmarkRefiner.name)")
        }
        try self.init(
            QuantizedNetwork(
                file, Folding(try LandmarkRefiner.declare()).graph, LandmarkRefiner.normalization,
                title: "the landmark refiner", scope: LandmarkRefiner.scope))
    }
}
