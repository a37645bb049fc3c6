// What an evaluation measured, as a table for people, a line of JSON for programs, and curves.
import Foundation
import OcellusDrawing
import OcellusEvaluation
import OcellusModels

struct EvaluationReport {
    private let objects: ObjectMeasures
    private let faces: [FaceMeasures]
    private let falseFindings: FalseFindings?
    private let unknownClasses: [String]
    private let pictureCount: Int
    private static let scores: [Float] = [0.3, 0.5, 0.7, 0.9]

    init(_ evaluation: DetectorEvaluation, classes: [String], falseFindings: FalseFindings?, hasLandmarks: Bool) {
        objects = ObjectMeasures(evaluation.pictures, classes: classes)
        faces =
            hasLandmarks
            ? FaceMeasures.heights.map { FaceMeasures(evaluation.pictures, smallestHeight: $0) } : []
        self.falseFindings = falseFindings
        unknownClasses = evaluation.unknownClasses
        pictureCount = evaluation.pictures.count
    }

    private var boxCount: Int { objects.classes.reduce(0) { $0 + $1.truthCount } }

    func text(model: String, precision: Precision) -> String {
        var lines = [
            "\(model)  \(precision.name), \(counted(pictureCount, "picture", "pictures")), "
                + counted(boxCount, "object", "objects")
        ]
        lines.append(classTable)
        if !unknownClasses.isEmpty {
            lines.append("the model does not have: " + printable(unknownClasses.joined(separator: ", ")))
        }
        if !faces.isEmpty { lines.append("\n" + faceTable) }
        if let falseFindings { lines.append("\n" + EvaluationReport.table(falseFindings)) }
        return lines.joined(separator: "\n")
    }

    private var classTable: String {
        var table = TextTable([
            ("class", .left), ("objects", .right), ("AP50", .right), ("AP07", .right), ("AP", .right),
            ("recall", .right), ("precision at .5", .right), ("recall at .5", .right),
        ])
        for item in objects.classes {
            let point = item.curve.at(score: 0.5)
            table.add([
                printable(item.name), grouped(item.truthCount), EvaluationReport.share(item.ap50),
                EvaluationReport.share(item.ap07), EvaluationReport.share(item.ap),
                EvaluationReport.share(item.curve.highestRecall), EvaluationReport.share(point.precision),
                EvaluationReport.share(point.recall),
            ])
        }
        if objects.classes.count > 1 {
            table.add([
                "mean", grouped(boxCount), EvaluationReport.share(objects.map50), EvaluationReport.share(objects.map07),
                EvaluationReport.share(objects.map), "", "", "",
            ])
        }
        return table.text
    }

    private var faceTable: String {
        var table = TextTable([
            ("faces", .left), ("count", .right), ("AP50", .right), ("recall", .right), ("with points", .right),
            ("NME", .right), ("median", .right),
        ])
        for item in faces {
            table.add([
                item.smallestHeight > 0 ? String(format: "from %.0f px", item.smallestHeight) : "all",
                grouped(item.faceCount), EvaluationReport.share(item.ap50),
                EvaluationReport.share(item.curve.highestRecall), grouped(item.landmarkErrors.count),
                EvaluationReport.share(item.nme), EvaluationReport.share(item.medianNME),
            ])
        }
        return table.text
    }

    private static func table(_ findings: FalseFindings) -> String {
        var table = TextTable([
            ("\(grouped(findings.pictureCount)) pictures without objects", .left), ("found a picture", .right),
            ("pictures with any", .right),
        ])
        for score in scores {
            table.add([
                String(format: "at score %.1f", score), String(format: "%.3f", findings.perPicture(score: score)),
                String(format: "%.1f %%", findings.pictureShare(score: score) * 100),
            ])
        }
        return table.text
    }

    var json: JSONValue {
        var fields: [(String, JSONValue)] = [
            ("map50", EvaluationReport.number(objects.map50)), ("map", EvaluationReport.number(objects.map)),
            ("map07", EvaluationReport.number(objects.map07)),
            (
                "per_class",
                .object(
                    objects.classes.map { item in
                        (
                            item.name,
                            .object([
                                ("ap50", EvaluationReport.number(item.ap50)), ("ap", EvaluationReport.number(item.ap)),
                                ("ap07", EvaluationReport.number(item.ap07)), ("boxes", .integer(item.truthCount)),
                            ])
                        )
                    })
            ), ("nme", EvaluationReport.number(faces.first?.nme)), ("images", .integer(pictureCount)),
            ("boxes", .integer(boxCount)),
        ]
        if !faces.isEmpty {
            fields.append(
                (
                    "faces",
                    .list(
                        faces.map { item in
                            .object([
                                ("min_height", .number(item.smallestHeight, digits: 1)),
                                ("ap50", EvaluationReport.number(item.ap50)), ("boxes", .integer(item.faceCount)),
                                ("nme", EvaluationReport.number(item.nme)),
                            ])
                        })
                ))
        }
        if let falseFindings {
            fields.append(
                (
                    "false_per_image",
                    .object(
                        EvaluationReport.scores.map {
                            (String(format: "%.1f", $0), .number(falseFindings.perPicture(score: $0), digits: 4))
                        })
                ))
        }
        return .object(fields)
    }

    /// Precision over recall: a line a class, or a line a size of face.
    func plot(title: String) -> LinePlot {
        var curves: [(name: String, curve: PrecisionRecallCurve)] = []
        if faces.isEmpty {
            for item in objects.classes where item.truthCount > 0 {
                curves.append(("\(item.name)  \(EvaluationReport.share(item.ap50))", item.curve))
            }
        } else {
            for item in faces.dropFirst() where item.faceCount > 0 {
                let height = String(format: "%.0f", item.smallestHeight)
                curves.append(("from \(height) px  \(EvaluationReport.share(item.ap50))", item.curve))
            }
        }
        let series = curves.enumerated().map { index, item in
            LinePlot.Series(
                name: item.name,
                points: [(x: 0, y: item.curve.monotonePrecision.first ?? 0)]
                    + zip(item.curve.recall, item.curve.monotonePrecision).map { (x: $0, y: $1) },
                colour: LinePlot.colour(index))
        }
        return LinePlot(
            title: "precision and recall at overlap 0.5: \((title as NSString).lastPathComponent)", xName: "recall",
            yName: "precision", series: series, xRange: 0...1, yRange: 0...1)
    }

    private static func share(_ value: Double?) -> String { value.map { String(format: "%.4f", $0) } ?? "-" }

    private static func number(_ value: Double?) -> JSONValue { .number(value ?? .nan, digits: 4) }
}
