// Labels of one picture as PASCAL VOC's XML, for what a recording guesses. Coordinates are VOC's: whole pixels, the
// first one is 1, and xmax, ymax belong to the object (The PASCAL VOC2007 Development Kit, section "Annotation").
import OcellusDetection

/// Writes an annotation.
enum VOCLabels {
    /// A guess with the name of its class.
    struct Object {
        let name: String
        let box: Box
        /// Not counted in evaluation and left out of training unless asked for: a guess that nobody confirmed.
        let isDifficult: Bool
    }

    /// The text of the file beside `filename` in `folder`, for a picture of RGB.
    static func xml(folder: String, filename: String, width: Int, height: Int, objects: [Object]) -> String {
        var lines = [
            "<annotation>",
            "  <folder>\(escaped(folder))</folder>",
            "  <filename>\(escaped(filename))</filename>",
            "  <source><database>recorded by ocellus live, not checked by a person</database></source>",
            "  <size><width>\(width)</width><height>\(height)</height><depth>3</depth></size>",
            "  <segmented>0</segmented>",
        ]
        for object in objects { lines += element(object, width, height) }
        lines.append("</annotation>")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func element(_ object: Object, _ width: Int, _ height: Int) -> [String] {
        let (xmin, xmax) = pixels(object.box.left, object.box.right, width)
        let (ymin, ymax) = pixels(object.box.top, object.box.bottom, height)
        let isCut = xmin <= 1 || ymin <= 1 || xmax >= width || ymax >= height
        return [
            "  <object>",
            "    <name>\(escaped(object.name))</name>",
            "    <pose>Unspecified</pose>",
            "    <truncated>\(isCut ? 1 : 0)</truncated>",
            "    <difficult>\(object.isDifficult ? 1 : 0)</difficult>",
            "    <bndbox><xmin>\(xmin)</xmin><ymin>\(ymin)</ymin><xmax>\(xmax)</xmax><ymax>\(ymax)</ymax></bndbox>",
            "  </object>",
        ]
    }

    /// Edges (0 is the left edge of the first pixel) to the numbers of the first and the last pixel, 1...length.
    static func pixels(_ low: Float, _ high: Float, _ length: Int) -> (first: Int, last: Int) {
        let limit = Float(length)
        let first = Int(max(0, min(low.isFinite ? low.rounded() : 0, limit - 1))) + 1
        let last = Int(max(0, min(high.isFinite ? high.rounded() : limit, limit)))
        return (first, max(first, last))
    }

    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            // XML 1.0 has no way to write these.
            case _ where scalar.value < 0x20 && scalar != "\t" && scalar != "\n": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
