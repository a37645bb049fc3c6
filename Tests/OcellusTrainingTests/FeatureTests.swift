// Learning a teacher's features: the loss against finite differences, what is compared, and that a network follows.
import OcellusData
import OcellusDetection
import OcellusModels
import OcellusNetwork
import OcellusTensor
import TestSupport
import Testing

@testable import OcellusTraining

@Suite("a teacher's features")
struct FeatureTests {
    @Test("the gradient is that of finite differences, and a student of zeros is 1 away")
    func gradient() {
        var student: [Float] = [0.5, -1, 2, 0.25, 3, -0.75]
        let teacher: [Float] = [1, 1, -2, 0, 0.5, -1]
        var gradient = [Float](repeating: 9, count: 6)
        func loss(_ values: inout [Float], _ weight: Float = 1) -> Float {
            values.withUnsafeMutableBufferPointer { values in
                gradient.withUnsafeMutableBufferPointer {
                    FeatureLoss.evaluate(
                        values, teacher: teacher, gradient: $0, weight: weight,
                        shape: Shape(height: 1, width: 3, channels: 2))
                }
            }
        }
        _ = loss(&student, 3)
        let found = gradient
        for index in student.indices {
            var (less, more) = (student, student)
            less[index] -= 0.01
            more[index] += 0.01
            let slope = 3 * (loss(&more) - loss(&less)) / 0.02
            #expect(abs(slope - found[index]) < 1e-3, "number \(index): \(found[index]) for \(slope)")
        }
        var zeros = [Float](repeating: 0, count: 6)
        #expect(abs(loss(&zeros) - 1) < 1e-6)
        var equal = teacher
        #expect(loss(&equal) == 0 && gradient.allSatisfy { $0 == 0 })
    }

    @Test("holes do not count: cells whose centre lies in them pull nowhere")
    func holes() {
        // Two pictures of 2x4 cells with one channel, everything off by 1.
        var student = [Float](repeating: 2, count: 16)
        let teacher = [Float](repeating: 1, count: 16)
        var gradient = [Float](repeating: 9, count: 16)
        let holes = [[], [Box(left: 0.2, top: 0.3, right: 0.7, bottom: 1)]]
        let loss = student.withUnsafeMutableBufferPointer { values in
            gradient.withUnsafeMutableBufferPointer {
                FeatureLoss.evaluate(
                    values, teacher: teacher, gradient: $0, weight: 8,
                    shape: Shape(batch: 2, height: 2, width: 4, channels: 1), holes: holes)
            }
        }
        // Centres at 1/8, 3/8, 5/8, 7/8 across and 1/4, 3/4 down: two of the second picture's lie inside.
        #expect(abs(loss - 14.0 / 16) < 1e-6)
        #expect(gradient == [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1])
    }

    @Test("what is compared: the backbone's taps and what the heads read")
    func taps() throws {
        func names(_ architecture: Architecture) throws -> [String] {
            let graph = try architecture.defaultDescription().declare()
            return FeatureTap.all(of: graph, architecture).map(\.name.description)
        }
        let face = try names(.retinaFaceMobileNet025)
        #expect(face.count == 6 && face.filter { $0.hasPrefix("body.") }.count == 3)
        #expect(face.filter { $0.hasPrefix("ssh") && $0.hasSuffix(".activation") }.count == 3)
        #expect(try names(.mobileNetSSDCaffe).count == 6)
    }

    private static func model(seed: Int) throws -> Model {
        var description = Architecture.retinaFaceMobileNet025.defaultDescription()
        description.preprocessing.inputWidth = Squares.size
        description.preprocessing.inputHeight = Squares.size
        let graph = try description.declare()
        return try Model(description, seed == 0 ? FormulaParameters.make(graph, fresh: true) : other(graph))
    }

    /// The same numbers, every fifth weight halved.
    private static func other(_ graph: Graph) throws -> Parameters {
        let parameters = try FormulaParameters.make(graph, fresh: true)
        for declaration in graph.parameters where declaration.role == .weight {
            let values = try parameters.required(declaration).values
            for index in 0..<values.count where index % 5 == 0 { values.pointer[index] *= 0.5 }
        }
        return parameters
    }

    private func session(_ student: Model, _ teacher: Model, frozen: Bool) throws -> TrainingSession {
        var settings = TrainingSettings(
            schedule: try Schedule(rate: 2e-3, warmUp: 1, steps: 100),
            matching: try MatchingSettings(positive: 0.35, negative: 0.35))
        settings.batch = 2
        settings.average = nil
        settings.distillation = DistillationSettings(
            backgroundRatio: 0, regressionThreshold: 1, boxWeight: 0, landmarkWeight: 0, featureWeight: 10)
        if frozen { settings.normalization = .frozen }
        return try TrainingSession(student, reader: Squares(), settings: settings, teacher: .network(teacher))
    }

    @Test("a student that equals its teacher is told nothing, another one comes nearer")
    func follows() throws {
        let equal = try session(Self.model(seed: 0), Self.model(seed: 0), frozen: true)
        #expect(try equal.advance().loss.distillation < 1e-4)
        let other = try session(Self.model(seed: 1), Self.model(seed: 0), frozen: false)
        let first = try other.advance().loss.distillation
        for _ in 0..<30 { _ = try other.advance() }
        let last = try other.advance().loss.distillation
        #expect(first > 0.5 && last < 0.95 * first, "\(first), later \(last)")
    }

    @Test("a folded student learns the same features of a teacher with its normalisations")
    func folded() throws {
        let equal = try session(Self.model(seed: 0).folded(), Self.model(seed: 0), frozen: true)
        #expect(try equal.advance().loss.distillation < 1e-4)
        let other = try session(Self.model(seed: 1).folded(), Self.model(seed: 0), frozen: true)
        #expect(try other.advance().loss.distillation > 0.5)
    }

    @Test("a teacher without its normalisations is refused with what to do")
    func refused() throws {
        let model = try Self.model(seed: 0)
        let folded = try model.folded()
        expectError("with its normalisations for a student that has them") {
            _ = try session(model, folded, frozen: true)
        }
    }
}

/// Pictures of rectangles, without objects to be found: only the teacher speaks.
private struct Squares: BatchMaker {
    static let size = 64

    private let pictures = FormulaBatches(
        Array(0..<8), size: size, classes: 2, smallest: 13, normalize: { byte, _ in Float(byte) - 110 })

    func read(
        first: Int, count: Int, into input: UnsafeMutablePointer<Float>, _ pool: ThreadPool
    ) throws(OcellusError) -> BatchContents {
        _ = try pictures.read(first: first, count: count, into: input, pool)
        return BatchContents(labels: Array(repeating: SampleLabels([]), count: count))
    }
}
