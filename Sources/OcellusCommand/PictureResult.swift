// What was found in one picture, as a line of JSON for programs or as text for people.
import Foundation
import OcellusDetection
import OcellusModels

struct PictureResult {
    let path: FilePath
    let width: Int
    let height: Int
    /// Best score first, in pixels of the picture.
    let detections: [Detection]
    let description: ModelDescription

    var json: JSONValue {
        .object([
            ("image", .text(path.text)), ("width", .integer(width)), ("height", .integer(height)),
            ("detections", .list(detections.map { .object(PictureResult.fields($0, description)) })),
        ])
    }

    /// One detection: label, score, box and, for a face, landmarks.
    static func fields(_ detection: Detection, _ description: ModelDescription) -> [(String, JSONValue)] {
        let box = detection.box
        var fields: [(String, JSONValue)] = [
            ("label", .text(description.label(detection.label))), ("score", .number(detection.score, digits: 4)),
            ("box", .list([box.left, box.top, box.width, box.height].map { .number($0, digits: 2) })),
        ]
        if detection.hasLandmarks {
            let points = (0..<Landmarks.count).map { detection.landmarks[$0] }
            fields.append(
                ("landmarks", .list(points.map { .list([.number($0.x, digits: 2), .number($0.y, digits: 2)]) })))
        }
        return fields
    }

    func text(milliseconds: Double, annotated: String?) -> String {
        var lines = [
            "\(printable(path.text))  \(width)x\(height)  \(summary)  \(String(format: "%.1f", milliseconds)) ms"
                + (annotated.map { "  -> \(printable($0))" } ?? "")
        ]
        for detection in detections {
            let box = detection.box
            let place = String(
                format: "%.2f at %.0f,%.0f %.0fx%.0f", detection.score, box.left, box.top, box.width, box.height)
            lines.append("  \(label(detection)) \(place)")
        }
        return lines.joined(separator: "\n")
    }

    private var summary: String { LabelCounts.text(detections.map { description.label($0.label) }) }

    private func label(_ detection: Detection) -> String { printable(description.label(detection.label)) }
}
