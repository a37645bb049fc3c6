// What was found, in words: "2 people, 1 dog".

enum LabelCounts {
    /// Labels in the order of their first detection; "nothing" without any.
    static func text(_ labels: [String]) -> String {
        var counts: [(label: String, count: Int)] = []
        for label in labels {
            if let index = counts.firstIndex(where: { $0.label == label }) {
                counts[index].count += 1
            } else {
                counts.append((label, 1))
            }
        }
        if counts.isEmpty { return "nothing" }
        return counts.map { "\($0.count) \(printable($0.count == 1 ? $0.label : plural($0.label)))" }
            .joined(separator: ", ")
    }

    private static func plural(_ label: String) -> String {
        if label == "person" { return "people" }
        if ["s", "x", "ch", "sh"].contains(where: { label.hasSuffix($0) }) { return label + "es" }
        return label + "s"
    }
}
