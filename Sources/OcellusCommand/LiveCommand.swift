// `ocellus live`: options, and what they may be. How a session is put together stands in LiveCommand+Run.swift.
import ArgumentParser
import Foundation
import OcellusLive
import OcellusTensor

struct LiveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "live", abstract: "Finds faces or objects in what a camera sees.",
        usage: "ocellus live [<source>] [<options>]",
        discussion: """
            The source is a camera (/dev/video0; without: the first one there is), '-' for frames on standard input, or \
            pictures. The newest frame is searched; older ones that are still waiting are skipped. Boxes and figures are \
            shown in a browser at the address that is printed. Ctrl-C ends.
            """)

    @Argument(help: ArgumentHelp("Camera, '-', pictures or a folder of pictures.", valueName: "source"))
    var sources: [FilePath] = []

    @OptionGroup(title: "Model") var model: ModelOptions
    @OptionGroup var thresholds: ThresholdOptions
    @OptionGroup(title: "Camera and frames") var frames: LiveFrameOptions
    @OptionGroup(title: "What is shown") var display: LiveDisplayOptions
    @OptionGroup(title: "Recording") var recording: LiveRecordOptions

    @Option(
        help: ArgumentHelp(
            "Also look at N x N overlapping parts of each frame, 1 to 8: finds smaller objects, takes that much longer.",
            valueName: "n"))
    var tile = 1

    @Flag(help: "Leave the detector alone while nothing moves; it looks again every 2 s.")
    var motion = false

    @Option(name: .customLong("frames"), help: ArgumentHelp("End after so many frames.", valueName: "count"))
    var frameLimit: Int?

    @Option(name: .customLong("seconds"), help: ArgumentHelp("End after so many seconds.", valueName: "seconds"))
    var secondLimit: Double?

    @Flag(help: "List cameras with their formats, and end.")
    var list = false

    func validate() throws {
        guard 1...8 ~= tile else { throw ValidationError("--tile \(tile): must be 1 to 8") }
        if let frameLimit, frameLimit < 1 { throw ValidationError("--frames \(frameLimit): must be at least 1") }
        if let secondLimit, !(secondLimit > 0 && secondLimit < 1e9) {
            throw ValidationError("--seconds \(secondLimit): must be above 0")
        }
    }
}

struct LiveFrameOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Size of frames: what a camera is asked for, what raw frames have.", valueName: "WxH"))
    var size: FrameSize?

    @Option(help: ArgumentHelp("Frames a second that a camera is asked for.", valueName: "rate"))
    var fps: Double?

    @Option(
        help: ArgumentHelp(
            "Format of frames: yuyv, nv12, i420, rgb, bgr, grey or mjpeg; a camera may have others (default: what costs "
                + "least; mjpeg on standard input).", valueName: "format"))
    var format: String?

    @Flag(help: "Search every frame, however late: for recordings on standard input. The writer waits.")
    var everyFrame = false

    @Option(help: ArgumentHelp("When a camera is lost, wait for it or exit.", valueName: "wait|exit"))
    var onLost = LossReaction.wait

    enum LossReaction: String, ExpressibleByArgument, CaseIterable { case wait, exit }

    func validate() throws {
        if let fps, !(fps > 0 && fps <= 1000) { throw ValidationError("--fps \(fps): must be above 0, at most 1000") }
    }
}

struct LiveDisplayOptions: ParsableArguments {
    @Flag(help: "One line of JSON a frame, as of 'detect', with frame, timestamp (seconds since 1970), latency_ms.")
    var json = false

    @Option(
        help: ArgumentHelp(
            "Address of the page in the browser, or 'off' (default: 127.0.0.1:8080, or a free port behind it; with --json "
                + "and without a camera off).", valueName: "[host:]port"))
    var preview: String?

    @Flag(
        inversion: .prefixedNo,
        help: "Number objects and follow them from frame to frame: \"id\" (default: not with --json).")
    var track: Bool?

    @Flag(inversion: .prefixedNo, help: "Smooth boxes and landmarks over time (default: not with --json).")
    var smooth: Bool?

    func validate() throws {
        if let preview, preview != "off", PreviewAddress(preview) == nil {
            throw ValidationError("--preview \(preview): expected a port, host:port or off")
        }
    }
}

struct LiveRecordOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Save frames as JPEG with labels in VOC XML into this folder.", valueName: "folder"))
    var record: String?

    private static let usual = Recorder.Settings()
    private static let doubts = Recorder.Settings.usualDoubts

    @Option(
        help: ArgumentHelp(
            "Record frames with a score of at least this, 0 to 1 (default: \(usual.minimumScore)).", valueName: "score")
    )
    var minScore: Float?

    @Flag(help: "Record frames with doubtful scores instead, those of --band.")
    var uncertain = false

    @Option(
        help: ArgumentHelp(
            "What counts as doubtful (default: \(doubts.lowerBound)-\(doubts.upperBound)).", valueName: "low-high"))
    var band: ScoreBand?

    @Option(
        help: ArgumentHelp(
            "Seconds between recorded frames, at least (default: \(usual.interval)).", valueName: "seconds"))
    var recordInterval: Double?

    func validate() throws {
        try Share.check([("--min-score", minScore)])
        if let recordInterval, !(0...86400 ~= recordInterval) {
            throw ValidationError("--record-interval \(recordInterval): must be 0 to 86400")
        }
        if record == "" { throw ValidationError("--record needs a folder") }
        for (name, isGiven) in [
            ("--uncertain", uncertain), ("--min-score", minScore != nil), ("--band", band != nil),
            ("--record-interval", recordInterval != nil),
        ] where isGiven && record == nil { throw ValidationError("\(name) needs --record FOLDER") }
        if uncertain, minScore != nil { throw ValidationError("--min-score and --uncertain exclude each other") }
        if !uncertain, band != nil { throw ValidationError("--band needs --uncertain") }
    }
}
