// What a dataset has: pictures, lists, classes and the sizes of their objects, as a table.
import Foundation
import OcellusData

struct DataSummary {
    private let dataset: Dataset

    init(_ dataset: Dataset) { self.dataset = dataset }

    var text: String {
        let pictures = dataset.pictures
        let empty = pictures.count { $0.truths.isEmpty }
        var lines = [
            "\(printable(dataset.name)): \(counted(pictures.count, "picture", "pictures")), "
                + "\(grouped(dataset.truthCount)) objects, \(grouped(empty)) without objects"
        ]
        for split in dataset.splits {
            let count = pictures.count { $0.splits.contains(split) }
            lines.append("  list \(printable(split)): \(counted(count, "picture", "pictures"))")
        }
        if dataset.sources.count > 1 {
            for source in dataset.sources {
                let count = pictures.count { $0.source == source }
                lines.append("  from \(printable(source)): \(counted(count, "picture", "pictures"))")
            }
        }
        var table = TextTable([
            ("class", .left), ("objects", .right), ("pictures", .right), ("median size in px", .right),
            ("difficult", .right), ("ignored", .right),
        ])
        for (index, name) in dataset.classes.enumerated() {
            let truths = pictures.flatMap { $0.truths.filter { $0.label == index + 1 } }
            let inPictures = pictures.count { $0.truths.contains { $0.label == index + 1 } }
            table.add([
                printable(name), grouped(truths.count), grouped(inPictures),
                DataSummary.median(truths.map(\.box.width)) + " x " + DataSummary.median(truths.map(\.box.height)),
                grouped(truths.count(where: \.isDifficult)), grouped(truths.count(where: \.isIgnored)),
            ])
        }
        return (lines + (dataset.classes.isEmpty ? [] : [table.text])).joined(separator: "\n")
    }

    private static func median(_ values: [Float]) -> String {
        values.isEmpty ? "-" : String(format: "%.0f", values.sorted()[values.count / 2])
    }
}
