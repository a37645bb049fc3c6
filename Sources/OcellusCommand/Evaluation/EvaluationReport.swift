// What an evaluation measured, as a table for people, a line of JSON for programs, and curves.
import Foundation
import OcellusDrawing
import OcellusEvaluation
import OcellusModels

struct EvaluationReport {
    let objects: ObjectMeasures
    let faces: [FaceMeasures]
    let falseFindings: FalseFindings?
    let unknownClasses: [String]
    let pictureCount: Int
    static let scores: [Float] = [0.3, 0.5, 0.7, 0.9]

    init(_ evaluation: DetectorEvaluation, classes: [String], falseFindings: FalseFindings?) {
        objects = ObjectMeasures(evaluation.pictures, classes: classes)
        faces = evaluation.faces
        self.falseFindings = falseFindings
        unknownClasses = evaluation.unknownClasses
        pictureCount = evaluation.pictures.count
    }

    var boxCount: Int { objects.classes.reduce(0) { $0 + $1.truthCount } }

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

    static func table(_ findings: FalseFindings) -> String {
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

    static func share(_ value: Double?) -> String { value.map { String(format: "%.4f", $0) } ?? "-" }

    static func number(_ value: Double?) -> JSONValue { .number(value ?? .nan, digits: 4) }
}
