// Steps of training beside PyTorch's (Tests/References/training_steps.py): same start, pictures and order.
import Foundation
import OcellusModels
import OcellusNetwork
import OcellusTensor
import TestSupport
import Testing

@testable import OcellusTraining

@Suite("Steps of training")
struct StepsTests {
    struct Case: Sendable, CustomStringConvertible {
        let golden: String
        let architecture: Architecture
        let classes: Int
        let smallest: Int
        /// The largest difference of the losses of step 0, 1, …, as a share. From the next step on rounding decides which
        /// negatives are the hardest, in PyTorch's single precision too (docs/references.md).
        let tolerances: [Float]
        /// Of the mean of so many steps, and the largest difference of these means.
        let span: Int
        let meanTolerance: Float

        var description: String { golden }

        static let all = [
            Case(
                golden: "retinaface", architecture: .retinaFaceMobileNet025, classes: 2, smallest: 13,
                tolerances: [1e-4, 5e-3, 5e-3], span: 10, meanTolerance: 0.06),
            Case(
                golden: "mobilenet_ssd", architecture: .mobileNetSSDCaffe, classes: 21, smallest: 45,
                tolerances: [1e-4, 1e-3, 1e-3] + [Float](repeating: 0.04, count: 17), span: 5, meanTolerance: 0.01),
        ]
    }

    /// What the script says of a network in steps.json.
    private struct Report: Decodable {
        var steps: Int
        var batch: Int
        var size: Int
        var pictures: [Int]
    }

    @Test("follow PyTorch's losses as closely as single precision can", arguments: Case.all)
    func losses(_ row: Case) throws {
        let json = try Data(contentsOf: URL(filePath: Goldens.path("steps.json")))
        // The versions beside the networks are no report.
        let reports = try JSONDecoder().decode([String: Lenient<Report>].self, from: json)
        let report = try #require(reports[row.golden]?.value)
        let golden = try ModelFile(path: Goldens.path("steps_\(row.golden).safetensors"))
        let expected = try values("double", golden)
        let positives = try values("positives", golden)
        let session = try session(row, report)
        var own: [Float] = []
        for step in 0..<report.steps {
            let loss = try session.advance().loss
            own.append(loss.total)
            #expect(loss.positives == Int(positives[step]), "step \(step): \(loss.positives) positives")
            guard step < row.tolerances.count else { continue }
            for (part, column) in [(loss.classification, 0), (loss.boxes, 1), (loss.landmarks, 2), (loss.total, 3)] {
                let reference = expected[4 * step + column]
                #expect(
                    abs(part - reference) <= row.tolerances[step] * max(reference, 1),
                    "step \(step) part \(column): \(part) for \(reference)")
            }
        }
        for first in stride(from: 0, to: report.steps, by: row.span) {
            let steps = first..<first + row.span
            let mean = own[steps].reduce(0, +) / Float(row.span)
            let reference = steps.reduce(Float(0)) { $0 + expected[4 * $1 + 3] } / Float(row.span)
            #expect(abs(mean - reference) <= row.meanTolerance * reference, "steps \(steps): \(mean) for \(reference)")
        }
    }

    private func values(_ name: Name, _ golden: ModelFile) throws -> [Float] {
        let stored = try golden.floats(of: name).values
        return withExtendedLifetime(stored) { Array(stored.elements) }
    }

    private func session(_ row: Case, _ report: Report) throws -> TrainingSession {
        var description = row.architecture.defaultDescription()
        description.preprocessing.inputWidth = report.size
        description.preprocessing.inputHeight = report.size
        let graph = try description.declare()
        var settings = TrainingSettings(
            schedule: try Schedule(rate: 1e-3, warmUp: 10, steps: report.steps),
            matching: try MatchingSettings(positive: 0.35, negative: 0.35))
        settings.batch = report.batch
        settings.threads = 2
        settings.optimizer = .sgd(momentum: 0.9)
        settings.decay = 5e-4
        settings.clip = .infinity
        settings.average = nil
        settings.loss = LossSettings(boxWeight: 2)
        let isFace = row.architecture == .retinaFaceMobileNet025
        let batches = FormulaBatches(
            report.pictures, size: report.size, classes: row.classes, smallest: row.smallest
        ) { byte, channel in
            isFace ? Float(byte) - [104, 117, 123][channel] : (Float(byte) - 127.5) * 0.0078125
        }
        return try TrainingSession(
            Model(description, FormulaParameters.make(graph, fresh: true)), reader: batches, settings: settings)
    }
}

/// A value where there is one of this kind, nil where there is something else.
private struct Lenient<Value: Decodable>: Decodable {
    var value: Value?

    init(from decoder: any Swift.Decoder) throws { value = try? Value(from: decoder) }
}
