// A hundred steps of training beside PyTorch's (Tests/References/training_steps.py): same start, pictures and order.
import OcellusData
import OcellusDetection
import OcellusModels
import OcellusNetwork
import OcellusTensor
import TestSupport
import Testing

@testable import OcellusTraining

@Suite("A hundred steps")
struct StepsTests {
    @Test("follow PyTorch's losses as closely as single precision can")
    func losses() throws {
        let golden = try ModelFile(path: Goldens.path("steps_retinaface.safetensors"))
        let stored = try golden.floats(of: "double").values
        let expected = withExtendedLifetime(stored) { Array(stored.elements) }
        let session = try session()
        var own: [Float] = []
        for step in 0..<100 {
            let loss = try session.advance().loss
            own.append(loss.total)
            // Later, rounding decides which negatives are the hardest, in PyTorch's single precision too.
            let tolerance: Float = step == 0 ? 1e-4 : step < 3 ? 5e-3 : .infinity
            for (part, column) in [(loss.classification, 0), (loss.boxes, 1), (loss.landmarks, 2), (loss.total, 3)] {
                let reference = expected[4 * step + column]
                #expect(abs(part - reference) <= tolerance * max(reference, 1), "step \(step) part \(column): \(part)")
            }
        }
        for ten in 0..<10 {
            let mean = own[10 * ten..<10 * ten + 10].reduce(0, +) / 10
            let reference = (10 * ten..<10 * ten + 10).reduce(Float(0)) { $0 + expected[4 * $1 + 3] } / 10
            #expect(abs(mean - reference) <= 0.06 * reference, "steps from \(10 * ten): \(mean) for \(reference)")
        }
    }

    private func session() throws -> TrainingSession {
        var description = Architecture.retinaFaceMobileNet025.defaultDescription()
        description.preprocessing.inputWidth = FormulaBatches.size
        description.preprocessing.inputHeight = FormulaBatches.size
        let graph = try description.declare()
        var settings = TrainingSettings(
            schedule: try Schedule(rate: 1e-3, warmUp: 10, steps: 100),
            matching: try MatchingSettings(positive: 0.35, negative: 0.35))
        settings.batch = 4
        settings.threads = 2
        settings.optimizer = .sgd(momentum: 0.9)
        settings.decay = 5e-4
        settings.clip = .infinity
        settings.average = nil
        settings.loss = LossSettings(boxWeight: 2)
        return try TrainingSession(
            Model(description, FormulaParameters.make(graph, fresh: true)), reader: FormulaBatches(), settings: settings
        )
    }
}

/// Forty pictures of coloured rectangles in a circle.
private struct FormulaBatches: BatchMaker {
    static let size = 128
    private let pictures = (0..<40).map { FormulaPicture($0, size: size, classes: 2, smallest: 13) }

    func read(
        first: Int, count: Int, into input: UnsafeMutablePointer<Float>, _ pool: ThreadPool
    ) throws(OcellusError) -> [[GroundTruth]] {
        let each = FormulaBatches.size * FormulaBatches.size * 3
        var truths: [[GroundTruth]] = []
        for index in 0..<count {
            let picture = pictures[(first + index) % pictures.count]
            for (i, byte) in picture.pixels.enumerated() {
                input[index * each + i] = Float(byte) - [104, 117, 123][i % 3]
            }
            truths.append(picture.objects.map(FormulaBatches.truth))
        }
        return truths
    }

    private static func truth(_ object: FormulaPicture.Object) -> GroundTruth {
        var landmarks: Landmarks?
        if !object.points.isEmpty {
            var all = Landmarks()
            for (index, point) in object.points.enumerated() {
                all[index] = Point(x: Float(point.x), y: Float(point.y))
            }
            landmarks = all
        }
        return GroundTruth(
            box: Box(
                left: Float(object.left), top: Float(object.top), right: Float(object.left + object.width),
                bottom: Float(object.top + object.height)), label: object.label, landmarks: landmarks)
    }
}
