// One entry of a COCO list (a picture, an annotation or a category), as far as it is used. Entries are read one at a time:
// segmentations, most of the bytes of such files, are stepped over.
import OcellusTensor

/// The fields an entry may have; nil where it has none or one of another kind.
struct COCOItem {
    var identifier: Int?
    var name: String?
    var fileName: String?
    var width: Int?
    var height: Int?
    var image: Int?
    /// The identifier of the picture as it stands in the file, for messages.
    var imageText: String?
    var category: Int?
    var box: [Float] = []
    var isCrowd = false

    /// Reads the entry that `reader` stands before; one that is no object has no fields.
    init(_ reader: inout JSONReader) throws(OcellusError) {
        guard reader.peek() == UInt8(ascii: "{") else {
            try reader.skipValue()
            return
        }
        var item = self
        try reader.object { (reader, key) throws(OcellusError) in
            switch String(decoding: key, as: UTF8.self) {
            case "id": item.identifier = try COCOItem.whole(&reader)
            case "name": item.name = try COCOItem.string(&reader)
            case "file_name": item.fileName = try COCOItem.string(&reader)
            case "width": item.width = try COCOItem.whole(&reader)
            case "height": item.height = try COCOItem.whole(&reader)
            case "image_id":
                _ = reader.peek()
                let start = reader
                item.image = try COCOItem.whole(&reader)
                item.imageText = String(decoding: reader.text(since: start).prefix(40), as: UTF8.self)
            case "category_id": item.category = try COCOItem.whole(&reader)
            case "bbox": item.box = try COCOItem.numbers(&reader)
            case "iscrowd": item.isCrowd = try COCOItem.isTrue(&reader)
            default: try reader.skipValue()
            }
        }
        self = item
    }

    /// Identifiers may have more digits than a `Double` keeps.
    private static func whole(_ reader: inout JSONReader) throws(OcellusError) -> Int? {
        _ = reader.peek()
        let start = reader
        guard let number = try reader.number() else {
            try reader.skipValue()
            return nil
        }
        return Int(String(decoding: reader.text(since: start), as: UTF8.self)) ?? Int(exactly: number)
    }

    private static func string(_ reader: inout JSONReader) throws(OcellusError) -> String? {
        guard reader.peek() == UInt8(ascii: "\"") else {
            try reader.skipValue()
            return nil
        }
        return String(decoding: try reader.string(), as: UTF8.self)
    }

    /// The numbers of a list, none when anything else is in it; at most five, which is one too many for a box.
    private static func numbers(_ reader: inout JSONReader) throws(OcellusError) -> [Float] {
        guard reader.peek() == UInt8(ascii: "[") else {
            try reader.skipValue()
            return []
        }
        var values: [Float] = []
        var isWhole = true
        try reader.array { (reader) throws(OcellusError) in
            if let number = try reader.number() {
                if values.count < 5 { values.append(Float(number)) }
            } else {
                isWhole = false
                try reader.skipValue()
            }
        }
        return isWhole ? values : []
    }

    /// 1, or the word itself.
    private static func isTrue(_ reader: inout JSONReader) throws(OcellusError) -> Bool {
        if let number = try reader.number() { return number != 0 }
        let isTrue = reader.peek() == UInt8(ascii: "t")
        try reader.skipValue()
        return isTrue
    }
}
