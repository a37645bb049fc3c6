// `ocellus live`: the session is put together, runs turn by turn, and is summed up.
import ArgumentParser
import Foundation
import Ocellus
import OcellusImage
import OcellusLive
import OcellusModels
import OcellusTensor

extension LiveCommand {
    func run() throws {
        if list { return LiveDevices.list() }
        let loaded = try model.load()
        let description = loaded.description
        let reported = thresholds.threshold ?? description.scoreThreshold
        let recorder = try makeRecorder(description, reported)
        let detector = try Detector(loaded, options: detectorOptions(reported, recorder))
        let tiled = try TiledDetector(detector, tiles: tile)
        let interruption = Interruption()
        let source = try openSource()
        defer { source.close() }
        let session = LiveSession(
            source: source, detector: tiled, settings: settings(reported, description.preprocessing))
        session.recorder = recorder
        session.preview = try openPreview(description)
        let display = LiveDisplay(
            isJSON: display.json, session: session, description: description, model: summary(detector))
        display.begin()
        do throws(OcellusError) {
            try loop(session, display, interruption)
        } catch {
            display.end()
            throw error
        }
        display.end()
        // The reason was said when it happened.
        if recorder?.failure != nil { throw ExitCode(1) }
    }

    private func loop(
        _ session: LiveSession, _ display: LiveDisplay, _ interruption: Interruption
    ) throws(OcellusError) {
        var looked = 0
        while !interruption.isWanted {
            if let secondLimit, session.statistics.seconds(LiveClock.now) >= secondLimit { return }
            let turn: LiveSession.Turn
            do throws(OcellusError) {
                turn = try session.turn(milliseconds: 100)
            } catch {
                // A writer that the same ctrl-c ended leaves half a frame.
                if interruption.isWanted { return }
                throw error
            }
            display.show(turn)
            switch turn {
            case .ended: return
            case .nothing, .lost: break
            case .looked:
                looked += 1
                if let frameLimit, looked >= frameLimit { return }
            }
        }
    }

    private func settings(_ reported: Float, _ input: Preprocessing) -> LiveSession.Settings {
        var settings = LiveSession.Settings()
        settings.threshold = reported
        settings.maximum = thresholds.maximum
        if tile == 1 { settings.usefulSide = input.usefulSide }
        let isSmooth = display.smooth ?? !display.json
        if isSmooth || (display.track ?? !display.json) {
            var tracking = Tracker.Settings()
            if isSmooth { tracking.smoothing = OneEuroFilter.Settings() }
            settings.tracking = tracking
        }
        if motion { settings.gate = MotionGate.Settings() }
        return settings
    }

    private func detectorOptions(_ reported: Float, _ recorder: Recorder?) -> Detector.Options {
        var options = Detector.Options(model, thresholds)
        options.scoreThreshold = min(reported, recorder?.settings.lowestScore ?? reported)
        return options
    }

    private func makeRecorder(
        _ description: ModelDescription, _ reported: Float
    ) throws(OcellusError) -> Recorder? {
        guard let folder = recording.record else { return nil }
        var settings = Recorder.Settings()
        settings.minimumScore = recording.minScore ?? settings.minimumScore
        settings.doubtful = recording.uncertain ? recording.band?.range ?? Recorder.Settings.usualDoubts : nil
        settings.certainScore = reported
        settings.interval = recording.recordInterval ?? settings.interval
        return try Recorder(folder: folder, description: description, settings: settings)
    }

    /// "face, int8 (avx512vnni), 1 thread".
    private func summary(_ detector: Detector) -> String {
        let description = detector.description
        let name =
            description.labels.count == 1
            ? description.label(1) : (model.path as NSString).lastPathComponent
        return "\(name), \(description.precision.name) (\(detector.network.kernels)), "
            + counted(model.threads, "thread", "threads")
    }
}
