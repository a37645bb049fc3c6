// The face model that the library brings along, so that detection needs no file.
import CFaceModel
import OcellusModels
import OcellusNetwork
import OcellusTensor

/// Models inside the library.
public enum EmbeddedModel {
    /// The name by which commands ask for the face model.
    public static let faceName = "face"

    /// Whether the library was built with a face model.
    public static var hasFace: Bool { ocf_face_model_size() > 0 }

    /// Faces with five landmarks, in int8; what it was trained on and how good it is stands in its description.
    ///
    /// Throws `.unsupported` when the library was built without a model.
    public static func face() throws(OcellusError) -> Model {
        guard hasFace else {
            throw OcellusError(
                .unsupported, "this library was built without a face model: give the path of a model file")
        }
        return try Model(
            try ModelFile(
                borrowing: UnsafeBufferPointer(start: ocf_face_model(), count: ocf_face_model_size()),
                origin: "the face model inside the library"))
    }
}

extension Detector {
    /// A detector with the face model inside the library.
    public convenience init(options: Options = Options()) throws(OcellusError) {
        try self.init(try EmbeddedModel.face(), options: options)
    }
}
