// `ocellus detect`: pictures in; lines, JSON or annotated pictures out. A picture that cannot be read does not stop
// the others; the status says at the end whether all went well.
import ArgumentParser
import Foundation
import Ocellus
import OcellusDetection
import OcellusDrawing
import OcellusFiles
import OcellusImage
import OcellusModels
import OcellusTensor

struct DetectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "detect", abstract: "Finds faces or objects in pictures.",
        discussion: "Pictures are JPEG, PNG or PPM files, or folders of them.")

    @Argument(help: "Pictures, or folders of pictures.")
    var images: [String]

    @OptionGroup var model: ModelOptions
    @OptionGroup var thresholds: ThresholdOptions

    @Flag(help: "One line of JSON a picture.")
    var json = false

    @Option(help: "Write annotated pictures into this folder.")
    var annotate: String?

    @Option(help: "Also look at N x N overlapping parts of each picture, for small objects.")
    var tile = 1

    func run() throws {
        let loaded = try model.load()
        let detector = try TiledDetector(
            try Detector(loaded, options: Detector.Options(model, thresholds)), tiles: tile)
        let gallery = try annotate.map { try Gallery(folder: $0, description: loaded.description) }
        var failures = 0
        for path in try PictureList.expand(images) {
            do throws(OcellusError) {
                let picture = try PictureFile.read(path: path)
                let start = DispatchTime.now().uptimeNanoseconds
                let found = try detector.detect(picture.view)
                let milliseconds = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e6
                let result = PictureResult(
                    path: path, width: picture.width, height: picture.height, detections: Array(found),
                    description: loaded.description)
                let annotated = try gallery?.add(picture, result)
                print(json ? result.json.line : result.text(milliseconds: milliseconds, annotated: annotated))
            } catch {
                failures += 1
                Report.failure(error.message)
            }
        }
        if failures > 0 { throw ExitCode(1) }
    }
}

/// What was found in one picture, ready to be printed.
struct PictureResult {
    let path: String
    let width: Int
    let height: Int
    let detections: [Detection]
    let description: ModelDescription

    var json: JSONValue {
        .object([
            ("image", .text(path)), ("width", .integer(width)), ("height", .integer(height)),
            ("detections", .list(detections.map { json($0) })),
        ])
    }

    func json(_ detection: Detection) -> JSONValue {
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
        return .object(fields)
    }

    func text(milliseconds: Double, annotated: String?) -> String {
        var lines = [
            "\(path)  \(width)x\(height)  \(summary)  \(String(format: "%.1f", milliseconds)) ms"
                + (annotated.map { "  -> \($0)" } ?? "")
        ]
        for detection in detections {
            let box = detection.box
            lines.append(
                String(
                    format: "  %@ %.2f at %.0f,%.0f %.0fx%.0f", description.label(detection.label), detection.score,
                    box.left, box.top, box.width, box.height))
        }
        return lines.joined(separator: "\n")
    }

    /// "2 person, 1 dog", or "nothing".
    private var summary: String {
        var counts: [(label: Int, count: Int)] = []
        for detection in detections {
            if let index = counts.firstIndex(where: { $0.label == detection.label }) {
                counts[index].count += 1
            } else {
                counts.append((detection.label, 1))
            }
        }
        if counts.isEmpty { return "nothing" }
        return counts.map { "\($0.count) \(description.label($0.label))" }.joined(separator: ", ")
    }
}
