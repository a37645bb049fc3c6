// One annotation file of PASCAL VOC: XML with a picture's name, its size and its objects. Only what is named here is
// read; entities are not resolved.
import Foundation
import FoundationXML
import OcellusFiles
import OcellusTensor

/// What an annotation file says, as text and numbers, not yet judged.
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
        let reader = VOCReader()
        let parser = XMLParser(data: try LabelFile.data(path, limit: 16 << 20))
        parser.delegate = reader
        parser.shouldResolveExternalEntities = false
        let isWhole = parser.parse()
        // A file that ends early is no error to Foundation's parser.
        guard isWhole, parser.parserError == nil, reader.isClosed || !reader.hasRoot else {
            throw OcellusError(
                .invalidData, "\(path): not XML: damaged at line \(parser.lineNumber): label the picture again")
        }
        guard reader.hasRoot else {
            throw OcellusError(.invalidData, "\(path): XML, but not a VOC annotation: expected <annotation> outermost")
        }
        self = reader.annotation
    }

    fileprivate init() {}
}

/// Collects the elements by their path, so that the parts of a person do not become objects.
private final class VOCReader: NSObject, XMLParserDelegate {
    var annotation = VOCAnnotation()
    private(set) var hasRoot = false
    /// Whether every element that began has ended.
    var isClosed: Bool { path.isEmpty }
    private var path: [String] = []
    private var text = ""

    func parser(
        _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        path.append(element)
        text = ""
        if path == ["annotation"] { hasRoot = true }
        if path == ["annotation", "object"] { annotation.objects.append(VOCAnnotation.Object()) }
    }

    func parser(_ parser: XMLParser, foundCharacters characters: String) {
        if text.utf8.count < 4096 { text += characters }
    }

    func parser(_ parser: XMLParser, didEndElement element: String, namespaceURI: String?, qualifiedName: String?) {
        let value = text.trimmingCharacters(in: .whitespacesAndNewlines)
        switch path.dropFirst().joined(separator: "/") {
        case "filename": annotation.fileName = value
        case "size/width": annotation.width = Int(value)
        case "size/height": annotation.height = Int(value)
        case "object/name": change { $0.name = value }
        case "object/difficult": change { $0.isDifficult = value == "1" }
        case "object/bndbox/xmin": change { $0.corners[0] = value }
        case "object/bndbox/ymin": change { $0.corners[1] = value }
        case "object/bndbox/xmax": change { $0.corners[2] = value }
        case "object/bndbox/ymax": change { $0.corners[3] = value }
        default: break
        }
        text = ""
        if !path.isEmpty { path.removeLast() }
    }

    private func change(_ body: (inout VOCAnnotation.Object) -> Void) {
        guard let last = annotation.objects.indices.last else { return }
        body(&annotation.objects[last])
    }
}
