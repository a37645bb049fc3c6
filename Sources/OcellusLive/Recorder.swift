// Saves frames worth having, with the detector's guesses as labels: the raw material of fine-tuning.
// A thread of its own encodes and writes; what it cannot keep up with is not saved.
import Foundation
import OcellusDetection
import OcellusFiles
import OcellusImage
import OcellusModels
import OcellusTensor
import Synchronization

/// Writes `000001.jpg` and `000001.xml` and so on into a folder, behind those that are there.
public final class Recorder: @unchecked Sendable {
    /// Which frames are saved.
    public struct Settings: Sendable {
        /// Scores of which one must occur: of those at least this…
        public var minimumScore: Float = 0.5
        /// …or, when set, of those in this band: what the model is unsure about.
        public var doubtful: ClosedRange<Float>?
        /// A band for `doubtful` that fits most models.
        public static let usualDoubts: ClosedRange<Float> = 0.2...0.6
        /// Guesses of lower scores are not written.
        public var lowestScore: Float { doubtful?.lowerBound ?? minimumScore }
        /// Guesses below this are marked as difficult: nobody has confirmed them.
        public var certainScore: Float = 0.5
        /// Seconds between two saved frames, at least.
        public var interval = 1.0

        public init() {}

        /// Whether a frame with these scores is saved.
        public func wants(_ scores: some Sequence<Float>) -> Bool {
            if let doubtful { return scores.contains { doubtful.contains($0) } }
            return scores.contains { $0 >= minimumScore }
        }
    }

    private struct State {
        var saved = 0
        var failure: OcellusError?
    }

    public let folder: String
    public let settings: Settings
    private let description: ModelDescription
    private let box = LatestBox()
    private let state = Mutex(State())
    private let ended = DispatchSemaphore(value: 0)
    private let save: (RGBImage, String, String) throws(OcellusError) -> Void
    private var number: Int
    /// Detection thread only.
    private var lastSaved = -Double.infinity

    /// Makes the folder. Throws `.io` when that cannot be done.
    public convenience init(
        folder: String, description: ModelDescription, settings: Settings = Settings()
    ) throws(OcellusError) {
        try self.init(folder: folder, description: description, settings: settings, save: Recorder.write)
    }

    /// With another way to write picture, path without extension, and labels: for tests.
    init(
        folder: String, description: ModelDescription, settings: Settings,
        save: @escaping (RGBImage, String, String) throws(OcellusError) -> Void
    ) throws(OcellusError) {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw OcellusError(
                .io, "cannot make the folder \(folder) to record into: there is a file of that name, or no permission")
        }
        self.folder = folder
        self.settings = settings
        self.description = description
        self.save = save
        number = Recorder.highest(in: folder)
        let thread = Thread { [self] in run() }
        thread.name = "recorder"
        thread.start()
    }

    /// Frames saved so far.
    public var saved: Int { state.withLock { $0.saved } }

    /// Why nothing is saved any more, if so.
    public var failure: OcellusError? { state.withLock { $0.failure } }

    /// Looks whether the frame is one to save, of `timestamp` seconds, and copies it if so. `detections` has also those
    /// of low score. Throws `.outOfMemory`.
    public func offer(_ frame: LiveFrame, _ detections: [TrackedDetection]) throws(OcellusError) {
        let elapsed = frame.timestamp - lastSaved
        // A clock set back must not stop the recording.
        guard elapsed >= settings.interval || elapsed < 0, failure == nil,
            settings.wants(detections.lazy.map { $0.detection.score })
        else { return }
        lastSaved = frame.timestamp
        try box.offer { copy throws(OcellusError) in
            try copy.store(frame.image)
            copy.detections = detections
            copy.number = frame.number
        }
    }

    /// Waits until what was taken in is written.
    public func close() {
        box.close()
        ended.wait()
        ended.signal()
    }

    private func run() {
        while true {
            switch box.take(seconds: 3600) {
            case .closed:
                ended.signal()
                return
            case .nothing: continue
            case .frame(let copy):
                guard failure == nil else { continue }
                do throws(OcellusError) {
                    try write(copy)
                    state.withLock { $0.saved += 1 }
                } catch {
                    state.withLock { $0.failure = error }
                }
            }
        }
    }

    private func write(_ copy: FrameCopy) throws(OcellusError) {
        guard let view = copy.view else { return }
        let name = Recorder.name(number + 1)
        let objects = copy.detections.map(\.detection).filter { $0.score >= settings.lowestScore }.map {
            VOCLabels.Object(
                name: description.label($0.label), box: $0.box, isDifficult: $0.score < settings.certainScore)
        }
        let labels = VOCLabels.xml(
            folder: (folder as NSString).lastPathComponent, filename: name + ".jpg", width: view.width,
            height: view.height, objects: objects)
        try save(try RGBImage(view), (folder as NSString).appendingPathComponent(name), labels)
        number += 1
    }

    /// Both files or none. Labels come first: should the program be killed between the two, labels without a picture are
    /// a fault that a reader names, where a picture without labels would count as one without objects.
    private static func write(_ image: RGBImage, _ path: String, _ labels: String) throws(OcellusError) {
        var text = labels
        let outcome = text.withUTF8 { bytes in
            Result { () throws(OcellusError) in try FileBytes.write(bytes, to: path + ".xml") }
        }
        try outcome.get()
        do throws(OcellusError) {
            try PictureFile.write(image, path: path + ".jpg", quality: 95)
        } catch {
            unlink(path + ".xml")
            throw error
        }
    }

    static func name(_ number: Int) -> String { String(format: "%06d", number) }

    /// The largest number that a file in the folder has. One that no recording comes to is not ours.
    private static func highest(in folder: String) -> Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.compactMap { Int(($0 as NSString).deletingPathExtension) }.filter { 1..<1_000_000_000 ~= $0 }.max()
            ?? 0
    }
}
