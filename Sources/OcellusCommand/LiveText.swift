// The sentences of a live session.
import Foundation
import OcellusLive

enum LiveText {
    /// "30.0 fps · 3.9 ms a frame (p99 4.6) · 0 skipped · 2 faces".
    static func status(_ report: LiveReport, labels: [String], recorded: Int?) -> String {
        guard report.frames > 1 else { return "starting" }
        let isGated = report.still > 0
        var parts = [String(format: "%.1f fps", isGated ? report.sourceRate : report.detectionRate)]
        if !isGated, report.sourceRate > report.detectionRate * 1.2 + 0.5 {
            parts[0] += String(format: " of %.1f", report.sourceRate)
        }
        parts.append(
            String(format: "%.1f ms a frame (p99 %.1f)", report.inference.median, report.inference.percentile99))
        parts.append("\(grouped(report.skipped)) skipped")
        if report.still > 0 { parts.append("\(grouped(report.still)) still") }
        if report.damaged > 0 { parts.append("\(grouped(report.damaged)) damaged") }
        if let recorded { parts.append("\(grouped(recorded)) saved") }
        parts.append(LabelCounts.text(labels))
        return parts.joined(separator: " · ")
    }

    /// What there was in all, when it ends.
    static func summary(_ report: LiveReport, recorded: (count: Int, folder: String)?) -> String {
        var first = "\(counted(report.frames, "frame", "frames")) in \(String(format: "%.1f", report.seconds)) s"
        let parts = [(report.skipped, "skipped"), (report.still, "still"), (report.damaged, "damaged")]
        let others = parts.filter { $0.0 > 0 }.map { "\(grouped($0.0)) \($0.1)" }
        if !others.isEmpty { first += " (\(others.joined(separator: ", ")))" }
        var lines = [first]
        if report.detected > 0 {
            lines[0] += String(
                format: " · detection %.1f ms (p99 %.1f) · frame available to detections %.1f ms (p99 %.1f)",
                report.inference.median, report.inference.percentile99, report.latency.median,
                report.latency.percentile99)
        }
        if let recorded {
            lines.append("\(counted(recorded.count, "picture", "pictures")) saved in \(printable(recorded.folder))")
        }
        return lines.joined(separator: "\n")
    }

    /// A status line with a hint at the right end of a terminal, cut where there is no room.
    static func fitted(_ text: String, hint: String, columns: Int) -> String {
        let room = columns - 1 - text.count - hint.count
        if room >= 2 { return text + String(repeating: " ", count: room) + hint }
        return String(text.prefix(max(0, columns - 1)))
    }
}
