// Learning the features of a teacher of another architecture: the loss against PyTorch's least squares, what is compared with what,
// and that a network follows.
import OcellusData
import OcellusDetection
import OcellusImage
import OcellusModels
import OcellusNetwork
import OcellusTensor
import TestSupport
import Testing

@testable import OcellusTraining

@Suite("features through a linear map")
struct MappedFeatureTests {
    /// Three pictures of 20 cells; the second counts nowhere.
    private static let shape = Shape(batch: 3, height: 4, width: 5, channels: 6)

    private func evaluate(
        _ student: [Float], _ teacher: [Float], channels: Int, weight: Float = 1, pictures: [Int] = [0, 2]
    ) throws -> (loss: Float, gradient: [Float]) {
        let loss = try MappedFeatureLoss(Self.shape, teacherChannels: channels)
        var gradient = [Float](repeating: 9, count: student.count)
        let value = loss.evaluate(
            student, teacher: teacher, gradient: &gradient, weight: weight, pictures: pictures,
            try ThreadPool(threads: 2))
        return (value, gradient)
    }

    @Test("the loss and its gradient are PyTorch's, and a picture left out has none")
    func golden() throws {
        let golden = try LossGolden("mapped_features")
        let found = try evaluate(golden.floats("student"), golden.floats("teacher"), channels: 4, weight: 3)
        let expected = try golden.floats("gradients")
        #expect(try abs(found.loss - golden.floats("total")[0]) < 1e-5)
        for (index, wanted) in expected.enumerated() {
            #expect(abs(found.gradient[index] - wanted) < 1e-5, "number \(index): \(found.gradient[index]), \(wanted)")
        }
        #expect(expected.contains { abs($0) > 0.01 } && found.gradient[120..<240].allSatisfy { $0 == 0 })
    }

    @Test("the gradient is that of finite differences: the best map moves, and that changes nothing")
    func gradient() throws {
        let golden = try LossGolden("mapped_features")
        let (student, teacher) = (try golden.floats("student"), try golden.floats("teacher"))
        let found = try evaluate(student, teacher, channels: 4).gradient
        for index in stride(from: 0, to: student.count, by: 17) {
            var (less, more) = (student, student)
            less[index] -= 0.02
            more[index] += 0.02
            let (low, high) = (
                try evaluate(less, teacher, channels: 4).loss, try evaluate(more, teacher, channels: 4).loss
            )
            #expect(abs((high - low) / 0.04 - found[index]) < 2e-4, "number \(index)")
        }
    }

    @Test("what follows from the student's features by a linear map is explained, constants are nothing to explain")
    func explained() throws {
        let student = try LossGolden("mapped_features").floats("student")
        var mixed: [Float] = []
        for cell in stride(from: 0, to: student.count, by: 6) {
            mixed.append(2 * student[cell] - student[cell + 3] + 7)
            mixed.append(student[cell + 1])
        }
        #expect(try evaluate(student, mixed, channels: 2).loss < 1e-4)
        let constant = [Float](repeating: 3, count: mixed.count)
        #expect(try evaluate(student, constant, channels: 2).loss == 0)
        let silent = try evaluate([Float](repeating: 0, count: student.count), mixed, channels: 2)
        #expect(silent.loss == 0 && silent.gradient.allSatisfy { $0 == 0 })
        let none = try evaluate(student, mixed, channels: 2, pictures: [])
        #expect(none.loss == 0 && none.gradient.allSatisfy { $0 == 0 })
    }

    private static let student = Architecture.retinaFaceMobileNet025.defaultDescription()

    private static func network() throws -> YuNet {
        let declared = try YuNet.declare(height: 32, width: 32)
        let parameters = try FormulaParameters.make(declared, fresh: true)
        // The formula makes layers with biases small, as heads are; a hundred of them in a row would put out nothing.
        for declaration in declared.parameters where declaration.role == .weight {
            let values = try parameters.required(declaration).values
            for index in 0..<values.count { values.pointer[index] *= 10 }
        }
        return try YuNet(convolutions: declared.parameters.map { try parameters.required($0) })
    }

    @Test("YuNet's features lie on the student's cells, those of its backbone on the backbone's")
    func places() throws {
        let graph = try Self.student.declare()
        let taps = FeatureTap.all(of: graph, Self.student.architecture)
        let features = try YuNetFeatures(
            Self.network(), taps: taps, input: Self.student.preprocessing, batch: 2, threads: 1)
        let picture = try RGBImage(width: 300, height: 300)
        for index in 0..<picture.pixels.count { picture.pixels.pointer[index] = UInt8(index * index / 7 % 256) }
        let mean = Self.student.preprocessing.mean
        var input: [Float] = []
        for pixel in 0..<90_000 {
            for channel in 0..<3 {
                input.append(Float(picture.pixels.pointer[3 * pixel + 2 - channel]) - mean[channel])
            }
        }
        features.write(input, picture: 1, worker: 0)
        // The same network, run from the picture itself with all values kept.
        let all = try YuNet.declare(height: 320, width: 320)
        let names = (0..<3).flatMap { ["stage\($0 + 3).1.relu", "shared\($0).relu"] }
        let nodes = names.map { name in all.nodes.firstIndex { $0.name == Name(name) } ?? 0 }
        let executor = try FloatExecutor(all.exposing(nodes.sorted()), Self.network().parameters)
        try YuNetFrame(Self.student.preprocessing, enlargement: 1).write(picture, into: executor.input)
        executor.run()
        for tap in taps {
            let level = [38, 19, 10].firstIndex(of: tap.shape.height) ?? 0
            let node = nodes[2 * level + (tap.part == .backbone ? 0 : 1)]
            let (values, wide) = (executor.value(of: node), all.nodes[node].shape.width)
            let shape = try #require(features.values.shape(of: tap.name))
            #expect(shape == Shape(batch: 2, height: tap.shape.height, width: tap.shape.width, channels: 64))
            let found = try #require(features.values.batch(of: tap.name))
            var (worst, energy) = (Float(0), Float(0))
            for (index, value) in found[(shape.count / 2)...].enumerated() {
                let (cell, channel) = (index / 64, index % 64)
                let wanted = values[((cell / shape.width) * wide + cell % shape.width) * 64 + channel]
                worst = max(worst, abs(value - wanted))
                energy = max(energy, abs(wanted))
            }
            #expect(energy > 0 && worst <= 1e-4 * energy, "\(tap.name): \(worst) of \(energy)")
        }
    }

    @Test("maps at other strides are refused with what was expected")
    func refused() throws {
        let tap = FeatureTap(node: 0, name: "odd", shape: Shape(height: 75, width: 75, channels: 8), part: .neck)
        expectError("for the student's layer 'odd' of 75x75x8: expected a map at a stride of 8, 16 or 32") {
            _ = try YuNetFeatures(
                Self.network(), taps: [tap], input: Self.student.preprocessing, batch: 1, threads: 1)
        }
    }

    @Test("a student comes nearer to a YuNet's features, and pictures without objects teach it none")
    func follows() throws {
        func losses(_ pictures: FeaturePictures, steps: Int) throws -> [Float] {
            var description = Self.student
            description.preprocessing.inputWidth = FeaturePictures.size
            description.preprocessing.inputHeight = FeaturePictures.size
            var settings = TrainingSettings(
                schedule: try Schedule(rate: 2e-3, warmUp: 1, steps: 100),
                matching: try MatchingSettings(positive: 0.35, negative: 0.35))
            settings.batch = 2
            settings.average = nil
            settings.distillation = DistillationSettings(weight: 0, featureWeight: 1)
            let model = try Model(description, FormulaParameters.make(description.declare(), fresh: true))
            let session = try TrainingSession(
                model, reader: pictures, settings: settings, teacher: .faces(Self.network()))
            return try (0..<steps).map { _ in try session.advance().loss.distillation }
        }
        let found = try losses(FeaturePictures(labels: SampleLabels([])), steps: 40)
        // Two shares of what is to be explained, at a stride of 8: the coarse maps of so small pictures have fewer cells than
        // the student has channels, and are explained whatever they hold.
        #expect(found[0] > 0.3 && found[0] < 2 && found[39] < 0.5 * found[0], "\(found[0]), later \(found[39])")
        let side = Float(FeaturePictures.size)
        let empty = SampleLabels([], emptyAreas: [Box(left: 0, top: 0, right: side, bottom: side)])
        #expect(try losses(FeaturePictures(labels: empty), steps: 1) == [0])
    }
}

/// Rectangles for the student; the teacher's faces come from black canvases, its features from the student's pixels.
private struct FeaturePictures: BatchMaker {
    static let size = 64

    let labels: SampleLabels
    private let pictures = FormulaBatches(
        Array(0..<4), size: size, classes: 2, smallest: 13, normalize: { byte, _ in Float(byte) - 110 })

    init(labels: SampleLabels) { self.labels = labels }

    func read(
        first: Int, count: Int, into input: UnsafeMutablePointer<Float>, _ pool: ThreadPool
    ) throws(OcellusError) -> BatchContents {
        _ = try pictures.read(first: first, count: count, into: input, pool)
        var detailed: [RGBImage] = []
        for _ in 0..<count { detailed.append(try RGBImage(width: Self.size, height: Self.size)) }
        return BatchContents(labels: Array(repeating: labels, count: count), detailed: detailed)
    }
}
