// An evaluation as a line of JSON and as curves.
import Foundation
import OcellusDrawing
import OcellusEvaluation

extension EvaluationReport {
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
}
