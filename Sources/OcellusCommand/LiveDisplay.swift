// What a live session says: JSON lines for programs; for people one line that is rewritten on a terminal, or a line a
// second elsewhere. The preview gets its statistics here too, as often as a person can read them.
import Foundation
import OcellusLive
import OcellusModels

final class LiveDisplay {
    /// Seconds between two status lines.
    private static let interval = 0.25
    private static let plainInterval = 1.0

    private let isJSON: Bool
    private let session: LiveSession
    private let description: ModelDescription
    private let model: String
    /// Where people read: standard output, or standard error beside JSON.
    private let people: Int32
    private let isTerminal: Bool
    private var shownAt = 0.0
    private var publishedAt = -Double.infinity
    private var lost: Double?
    private var last: LiveSession.Result?
    private var recordingFailed = false

    init(isJSON: Bool, session: LiveSession, description: ModelDescription, model: String) {
        self.isJSON = isJSON
        self.session = session
        self.description = description
        self.model = model
        people = isJSON ? STDERR_FILENO : STDOUT_FILENO
        isTerminal = isatty(people) == 1 && (!isJSON || isatty(STDOUT_FILENO) == 0)
    }

    /// The first line: source, model, address.
    func begin() {
        var parts = [printable(session.source.summary), printable(model)]
        if let preview = session.preview { parts.append(preview.address.url) }
        say(parts.joined(separator: " · "))
        publish("running")
    }

    func show(_ turn: LiveSession.Turn) {
        let now = session.statistics.seconds(LiveClock.now)
        switch turn {
        case .looked(let result):
            if let seconds = lost { say("camera back after \(Int(seconds.rounded())) s") }
            lost = nil
            last = result
            if isJSON { Output.line(json(result)) }
        case .lost(let seconds):
            if lost == nil { notice("camera lost, waiting for it") }
            lost = seconds
        case .nothing, .ended: break
        }
        reportRecording()
        if now - publishedAt >= LiveDisplay.interval {
            publishedAt = now
            publish(lost == nil ? "running" : "lost")
        }
        if now - shownAt >= (isTerminal ? LiveDisplay.interval : LiveDisplay.plainInterval) {
            shownAt = now
            showStatus()
        }
    }

    /// The summary.
    func end() {
        clear()
        publish("ended")
        session.recorder?.close()
        reportRecording()
        let now = LiveClock.now
        let report = session.statistics.summary(at: now, damaged: session.source.damaged)
        say(LiveText.summary(report, recorded: session.recorder.map { ($0.saved, $0.folder) }))
        session.preview?.close()
    }

    /// Says once why nothing is recorded any more.
    private func reportRecording() {
        guard let failure = session.recorder?.failure, !recordingFailed else { return }
        recordingFailed = true
        clear()
        Report.failure("\(failure.message): recording has ended, what was saved is whole")
    }

    private func json(_ result: LiveSession.Result) -> String {
        var fields: [(String, JSONValue)] = [
            ("frame", .integer(result.frame.number)), ("timestamp", .number(result.frame.timestamp, digits: 4)),
            ("latency_ms", .number(result.latency, digits: 3)), ("width", .integer(result.frame.width)),
            ("height", .integer(result.frame.height)),
        ]
        if !result.isFresh { fields.append(("still", .boolean(true))) }
        let detections = result.detections.map { tracked -> JSONValue in
            var identity: [(String, JSONValue)] = []
            if let number = tracked.identity { identity.append(("id", .integer(number))) }
            return .object(identity + PictureResult.fields(tracked.detection, description))
        }
        return JSONValue.object(fields + [("detections", .list(detections))]).line
    }

    private func showStatus() {
        let text: String
        if let lost {
            text = "camera lost, waiting for it (\(Int(lost)) s)"
        } else {
            let report = session.statistics.report(at: LiveClock.now, damaged: session.source.damaged)
            guard report.frames > 0 else { return }
            text = LiveText.status(report, labels: labels, recorded: session.recorder?.saved)
        }
        if isTerminal {
            write("\r" + LiveText.fitted(text, hint: "ctrl-c ends", columns: columns) + "\u{1B}[K")
        } else if !isJSON {
            say(text)
        }
    }

    private var labels: [String] { (last?.detections ?? []).map { description.label($0.detection.label) } }

    private func publish(_ state: String) {
        guard let preview = session.preview else { return }
        var report = session.statistics.report(at: LiveClock.now, damaged: session.source.damaged)
        report.source = session.source.summary
        report.model = model
        report.state = state
        report.lostSeconds = lost
        report.recorded = session.recorder?.saved
        report.objects = (last?.detections ?? []).prefix(20).map {
            LiveReport.Object(
                label: description.label($0.detection.label), score: Double($0.detection.score), id: $0.identity)
        }
        preview.publish(report)
    }

    /// A line for people; on a terminal the status line makes room.
    private func say(_ text: String) {
        clear()
        if people == STDOUT_FILENO { Output.line(text) } else { Report.text(text + "\n") }
    }

    /// Said once where the status line does not say it all the time.
    private func notice(_ text: String) { if !isTerminal { say(text) } }

    private func clear() { if isTerminal { write("\r\u{1B}[K") } }

    private func write(_ text: String) { _ = Output.write(Array(text.utf8), to: people) }

    private var columns: Int {
        var size = winsize()
        return ioctl(people, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }
}
