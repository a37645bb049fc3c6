// One annotation file of PASCAL VOC: a picture's name, its size and its objects, as text and numbers, not yet judged.
// Only what is named here is read.
import OcellusTensor

struct VOCAnnotation {
    struct Object {
        var name = ""
        var isDifficult = false
        /// xmin, ymin, xmax, ymax as text; nil where the element is missing.
        var corners: [String?] = [nil, nil, nil, nil]
    }

    var fileName = ""
    var width: Int?
    var height: Int?
    var objects: [Object] = []

    /// Throws `.io` for a file that cannot be read, `.invalidData` for one that is not XML or not an annotation.
    init(path: String) throws(OcellusError) {
        var hasRoot = false
        var annotation = VOCAnnotation()
        try XMLFile.read(path: path) { event in
            switch event {
            // By their path: the parts of a person are no objects.
            case .start(["annotation"]): hasRoot = true
            case .start(["annotation", "object"]): annotation.objects.append(Object())
            case .start: break
            case .end(let path, let text): annotation.take(path.dropFirst().joined(separator: "/"), text)
            }
        }
        guard hasRoot else {
            throw OcellusError(.invalidData, "\(path): XML, but not a VOC annotation: expected <annotation> outermost")
        }
        self = annotation
    }

    private init() {}

    private mutating func take(_ place: String, _ value: String) {
        switch place {
        case "filename": fileName = value
        case "size/width": width = Int(value)
        case "size/height": height = Int(value)
        case "object/name": change { $0.name = value }
        case "object/difficult": change { $0.isDifficult = value == "1" }
        case "object/bndbox/xmin": change { $0.corners[0] = value }
        case "object/bndbox/ymin": change { $0.corners[1] = value }
        case "object/bndbox/xmax": change { $0.corners[2] = value }
        case "object/bndbox/ymax": change { $0.corners[3] = value }
        default: break
        }
    }

    private mutating func change(_ body: (inout Object) -> Void) {
        guard let last = objects.indices.last else { return }
        body(&objects[last])
    }
}
