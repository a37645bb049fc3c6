// Refiners learn from drawn faces: five dots of their own colours on grounds of any, turned and of many sizes.
import Foundation
import OcellusData
import OcellusDetection
import OcellusImage
import OcellusModels
import OcellusTensor
import TestSupport
import Testing

@testable import OcellusTraining

/// A run's folder that goes with its owner; the run makes it.
private final class RunFolder {
    private let path = NSTemporaryDirectory() + "ocellus-refiner-" + UUID().uuidString

    init() { try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func path(_ name: String) -> String { path + "/" + name }
}

@Suite("Training a refiner")
struct RefinerTrainingTests {
    private static let description: ModelDescription = {
        var description = Architecture.retinaFaceMobileNet025.defaultDescription()
        (description.preprocessing.inputWidth, description.preprocessing.inputHeight) = (64, 64)
        return description
    }()

    /// A face of dots, 64 by 64.
    private static func picture(_ number: Int, weight: Float = 1) throws -> LabelledPicture {
        var random = SeededGenerator(seed: UInt64(number))
        let ground = (0..<3).map { _ in random.float(60...120) }
        let image = try RGBImage(width: 64, height: 64)
        for index in 0..<64 * 64 * 3 { image.pixels.pointer[index] = UInt8(ground[index % 3]) }
        let (scale, turn) = (random.float(0.7...1.1), random.float(-0.4...0.4))
        let map = Similarity(
            a: scale, b: scale * turn, c: random.float(4...12), d: random.float(4...12))
        let points = map(LandmarkRefiner.upright)
        let colours: [[UInt8]] = [[250, 20, 20], [20, 250, 20], [250, 250, 20], [20, 20, 250], [250, 20, 250]]
        for point in 0..<Landmarks.count {
            for (y, x) in (-2...2).flatMap({ y in (-2...2).map { (y, $0) } }) {
                let (row, column) = (Int(points[point].y) + y, Int(points[point].x) + x)
                guard 0..<64 ~= row, 0..<64 ~= column else { continue }
                for channel in 0..<3 {
                    image.pixels.pointer[(row * 64 + column) * 3 + channel] = colours[point][channel]
                }
            }
        }
        let truth = GroundTruth(
            box: Box(left: 8, top: 8, right: 56, bottom: 56), label: 1, landmarks: points, landmarkWeight: weight)
        return LabelledPicture(
            path: "\(number)", name: "\(number)", truths: [truth], held: PictureStore.Picture(image))
    }

    private static func source(_ numbers: Range<Int>, weight: Float = 1) throws -> SampleSource {
        let set = Dataset(
            name: "dots", classes: ["face"], pictures: try numbers.map { try picture($0, weight: weight) })
        return try SampleSource([set], for: description, augmentation: Augmentation.none, seed: 3)
    }

    private static func settings(steps: Int) -> RefinerSettings {
        var settings = RefinerSettings()
        (settings.steps, settings.batch, settings.warmUp, settings.average) = (steps, 32, 5, 0.9)
        (settings.measureEvery, settings.saveEvery, settings.threads) = (min(steps, 50), 5, 2)
        return settings
    }

    private static func training(
        _ settings: RefinerSettings, _ folder: String, weight: Float = 1,
        _ report: @escaping (RefinerTraining.Event) throws -> Void = { _ in }
    ) throws -> RefinerTraining {
        RefinerTraining(
            source: try source(0..<24, weight: weight), held: try source(100..<110), for: description, settings,
            folder: folder, report: report)
    }

    @Test("points come nearer to where they belong, in float and in int8, on faces that were not learnt from")
    func learns() throws {
        let folder = RunFolder()
        let outcome = try Self.training(Self.settings(steps: 250), folder.path("run")).run()
        #expect(outcome.float.count == 40)
        #expect(outcome.float.after < 0.5 * outcome.float.before, "\(outcome.float)")
        #expect(abs(outcome.int8.after - outcome.float.after) < 0.15 * outcome.float.after, "\(outcome.int8)")
        #expect(outcome.int8.near > 0.5)
    }

    @Test("a run that was ended goes on to the same bits, and with other numbers or pictures it does not go on")
    func resumes() throws {
        struct Ended: Error {}
        let folder = RunFolder()
        // Measured between checkpoints too: that borrows the averaged weights.
        func settings(resumes: Bool = false) -> RefinerSettings {
            var settings = Self.settings(steps: 12)
            (settings.measureEvery, settings.resumes) = (3, resumes)
            return settings
        }
        let whole = try Self.training(settings(), folder.path("whole")).run()
        let ended = try Self.training(settings(), folder.path("run")) { event in
            if case .step(let step, _) = event, step.step == 8 { throw Ended() }
        }
        #expect(throws: Ended.self) { try ended.run() }
        let again = #expect(throws: OcellusError.self) {
            try Self.training(settings(), folder.path("run")).run()
        }
        #expect(again?.message.contains("holds a run already") == true)
        var faster = settings(resumes: true)
        faster.rate = 0.01
        let other = #expect(throws: OcellusError.self) { try Self.training(faster, folder.path("run")).run() }
        #expect(other?.code == .invalidArgument)
        let lighter = #expect(throws: OcellusError.self) {
            try Self.training(settings(resumes: true), folder.path("run"), weight: 0.5).run()
        }
        #expect(lighter?.code == .invalidArgument)
        var resumed: Int?
        let outcome = try Self.training(settings(resumes: true), folder.path("run")) { event in
            if case .began(_, let step) = event { resumed = step }
        }.run()
        #expect(resumed == 5)
        for (one, other) in zip(outcome.refiner.network.convolutions, whole.refiner.network.convolutions) {
            guard let one, let other else { continue }
            #expect(Array(one.weights.elements) == Array(other.weights.elements))
            #expect(Array(one.bias.elements) == Array(other.bias.elements))
        }
        let rows = try ["whole", "run"].map { try History.read(path: folder.path($0) + "/refiner-history.csv") }
        #expect(rows[0].count == 12 && rows[0] == rows[1] && rows[0].count { $0.metric != nil } == 4)
    }

    @Test("a model that is made anew for other labels has no second look; a mean of models has the one that is there")
    func kept() throws {
        let graph = try Self.description.declare()
        let plain = try Model(Self.description, Initialization.parameters(for: graph, .retinaFaceMobileNet025, seed: 1))
        let refined = plain.refining(try .random(seed: 2))
        #expect(try refined.renewed(labels: ["plate"], seed: 1).model.description.refiner == nil)
        #expect(try refined.renewed(labels: ["face"], seed: 1).model.description.refiner != nil)
        #expect(try Model.average([plain, refined], weights: [1, 1]).description.refiner != nil)
        #expect(try refined.widened(to: .retinaFaceWideStem, seed: 1).model.description.refiner != nil)
        #expect(try refined.resized(to: 96).reporting(from: 0.3).description.refiner != nil)
    }

    @Test("landmarks that do not count are not learnt from: a run of nothing else is refused, with the reason")
    func withoutLandmarks() throws {
        let folder = RunFolder()
        let error = #expect(throws: OcellusError.self) {
            try Self.training(Self.settings(steps: 60), folder.path("run"), weight: 0).run()
        }
        #expect(error?.code == .invalidData && error?.message.contains("no picture to learn from") == true)
    }

    @Test("numbers out of range are refused")
    func settings() throws {
        let changes: [(inout RefinerSettings) -> Void] = [
            { $0.steps = 0 }, { $0.batch = 30 }, { $0.batch = 0 }, { $0.warmUp = -1 }, { $0.warmUp = 1000 },
            { $0.threads = 65 }, { $0.rate = -1 }, { $0.rate = .nan }, { $0.beta = .nan }, { $0.average = 1 },
            { $0.measureEvery = 0 },
        ]
        let folder = RunFolder()
        for change in changes {
            var settings = Self.settings(steps: 10)
            change(&settings)
            let error = #expect(throws: OcellusError.self) { try Self.training(settings, folder.path("run")).run() }
            #expect(error?.code == .invalidArgument)
        }
    }
}
