// A COCO file as its three lists, found in one pass over its bytes and read in a second.
import CSystem
import OcellusTensor

/// Where the lists of a file begin. The file's bytes stay in memory as long as this does; nothing else of it does.
struct COCOFile {
    private let bytes: FileBytes
    private let images: JSONReader?
    private let annotations: JSONReader?
    private let categories: JSONReader?

    /// Throws `.io`, `.invalidData` for what is not JSON, or is JSON without the lists of a COCO file of objects.
    init(path: String) throws(OcellusError) {
        bytes = try FileBytes(path: path)
        var content = bytes.bytes
        // A byte order mark, as some editors write it.
        if content.starts(with: [0xEF, 0xBB, 0xBF]) { content = UnsafeBufferPointer(rebasing: content[3...]) }
        var reader = JSONReader(bytes: content, place: "not JSON")
        var lists: [String: JSONReader] = [:]
        let isObject = reader.peek() == UInt8(ascii: "{")
        if isObject {
            try reader.object { (reader, key) throws(OcellusError) in
                if reader.peek() == UInt8(ascii: "[") { lists[String(decoding: key, as: UTF8.self)] = reader }
                try reader.skipValue()
            }
        } else {
            try reader.skipValue()
        }
        guard reader.peek() == nil else { throw reader.failure(expected: "nothing after the value") }
        guard isObject else {
            throw OcellusError(.invalidData, "JSON, but not an object with images, annotations and categories")
        }
        images = lists["images"]
        annotations = lists["annotations"]
        categories = lists["categories"]
        guard images != nil, annotations != nil else {
            throw OcellusError(
                .invalidData, "no lists 'images' and 'annotations': not a COCO file of objects")
        }
    }

    enum List { case images, annotations, categories }

    /// Calls `body` with each entry of a list and its number from 0; never when there is no such list.
    func forEach(_ list: List, _ body: (Int, COCOItem) -> Void) throws(OcellusError) {
        let start =
            switch list {
            case .images: images
            case .annotations: annotations
            case .categories: categories
            }
        guard var reader = start else { return }
        var index = 0
        defer { withExtendedLifetime(bytes) {} }
        try reader.array { (reader) throws(OcellusError) in
            body(index, try COCOItem(&reader))
            index += 1
        }
    }

    /// Whether the word "annotations" stands in a file.
    static func looksLikeLabels(_ path: String) -> Bool {
        guard let file = try? FileBytes(path: path) else { return false }
        let word = Array("\"annotations\"".utf8)
        return withExtendedLifetime(file) {
            ocs_contains(file.bytes.baseAddress, file.bytes.count, word, word.count) != 0
        }
    }
}
