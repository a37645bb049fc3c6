// The second look at faces, with refiners whose answers are known.
import Ocellus
import OcellusDetection
import OcellusImage
import OcellusModels
import OcellusNetwork
import OcellusQuantization
import OcellusTensor
import TestSupport
import Testing

@Suite("Landmark refinement") struct LandmarkRefinementTests {
    private static let plain = RandomModels.all[.retinaFaceMobileNet025]

    private static func detections(_ model: Model, _ seed: UInt64 = 6) throws -> [Detection] {
        var options = Detector.Options()
        options.scoreThreshold = 0.02
        options.maximumDetections = 40
        let detector = try Detector(model, options: options)
        return try TestPicture.grey(160, 160, seed: seed).withView { Array(try detector.detect($0)) }
    }

    @Test("the tallest faces get the points that were answered, all others keep theirs; boxes and scores stay")
    func moved() throws {
        let plain = try #require(Self.plain)
        let answer: [Float] = [0.1, -0.2, 0.3, 0, -0.1, 0.25, 0.5, 0, 0, -0.3]
        let before = try Self.detections(plain)
        let after = try Self.detections(plain.refining(.random(seed: 3, answer: answer)))
        #expect(before.count > LandmarkRefiner.limit && after.map(\.box) == before.map(\.box))
        #expect(after.map(\.score) == before.map(\.score))
        // A picture of the input's size: its pixels are the network's. Boxes are clipped to it, so the very tallest may not be told apart.
        var moved = 0
        for (old, new) in zip(before, after) where old.landmarks != new.landmarks {
            moved += 1
            let toSquare = try #require(LandmarkRefiner.toSquare(old.landmarks))
            let expected = answer.withUnsafeBufferPointer { LandmarkRefiner.points($0.baseAddress!) }
            let found = toSquare(new.landmarks)
            for point in 0..<Landmarks.count {
                #expect(
                    abs(found[point].x - expected[point].x) < 0.05 && abs(found[point].y - expected[point].y) < 0.05)
            }
        }
        #expect(moved == LandmarkRefiner.limit)
    }

    @Test("what is answered is what the network says of the turned square, computed slowly")
    func agrees() throws {
        let plain = try #require(Self.plain)
        let refiner = try LandmarkRefiner.random(seed: 9)
        var answers: Set<[Int]> = []
        let (before, after) = (try Self.detections(plain), try Self.detections(plain.refining(refiner)))
        let description = plain.description
        let preprocessor = try Preprocessor(description.preprocessing)
        let input = try Buffer<Float>(count: description.preprocessing.elementCount)
        try TestPicture.grey(160, 160, seed: 6).withView { _ = try preprocessor.run($0, into: input.pointer) }
        let slow = try FloatExecutor(refiner.network.graph, try refiner.network.realParameters())
        let sampler = SquareSampler(description.preprocessing, side: LandmarkRefiner.side)
        var levels = [UInt8](repeating: 0, count: LandmarkRefiner.side * LandmarkRefiner.side * 3)
        var compared = 0
        for (old, new) in zip(before, after) where old.landmarks != new.landmarks {
            let toSquare = try #require(LandmarkRefiner.toSquare(old.landmarks))
            let back = toSquare.inverse
            sampler.sample(.floats(input.pointer), a: back.a, b: back.b, c: back.c, d: back.d, into: &levels)
            for (index, level) in levels.enumerated() { slow.input[index] = (Float(level) - 128) / 64 }
            slow.run()
            let expected = LandmarkRefiner.points(slow.value(of: slow.graph.outputs[0].node))
            let found = toSquare(new.landmarks)
            answers.insert((0..<Landmarks.count).map { Int(expected[$0].x / 2) })
            for point in 0..<Landmarks.count {
                // Six layers of bytes, with random numbers in them, are a few hundredths off.
                let unit = LandmarkRefiner.offsetUnit
                #expect(abs(found[point].x - expected[point].x) < 0.2 * unit)
                #expect(abs(found[point].y - expected[point].y) < 0.2 * unit)
                compared += 1
            }
        }
        #expect(compared == LandmarkRefiner.limit * Landmarks.count)
        // It does not say the same of all of them.
        #expect(answers.count > 3)
    }

    @Test("float and int8 detectors keep their input for it, with one thread and with several")
    func inputsKept() throws {
        let refined = try #require(Self.plain).refining(try .random(seed: 4))
        let quantization = try PostTrainingQuantization(refined)
        try TestPicture.grey(160, 160, seed: 6).withView { try quantization.observe($0) }
        let int8 = try quantization.quantized()
        #expect(int8.description.refiner != nil)
        for model in [refined, int8] {
            var options = Detector.Options()
            options.scoreThreshold = 0.02
            let one = try Detector(model, options: options)
            options.threads = 2
            let two = try Detector(model, options: options)
            try TestPicture.grey(320, 240, seed: 7).withView { view in
                let first = Array(try one.detect(view))
                let again = Array(try one.detect(view))
                let shared = Array(try two.detect(view))
                #expect(!first.isEmpty && first == again && first == shared)
                // What lies in the input after a run is the picture, as it was written before.
                for detector in [one, two] {
                    try Self.expectInput(of: detector.network, model.description.preprocessing, view)
                }
            }
        }
    }

    private static func expectInput(
        of network: Engine.Executor, _ preprocessing: Preprocessing, _ view: ImageView
    ) throws {
        let count = preprocessing.elementCount
        switch network {
        case .float(let executor):
            let expected = try Buffer<Float>(count: count)
            _ = try Preprocessor(preprocessing).run(view, into: expected.pointer)
            #expect(Array(UnsafeBufferPointer(start: executor.input, count: count)) == Array(expected.elements))
        case .int8(let executor):
            let expected = try Buffer<UInt8>(count: count)
            _ = try Preprocessor(preprocessing).run(view, into: expected.pointer)
            #expect(Array(UnsafeBufferPointer(start: executor.input, count: count)) == Array(expected.elements))
        }
    }

    @Test(
        "answers that are no place in a picture leave the detector's points", arguments: [Float(1e30), .infinity, .nan])
    func hostile(factor: Float) throws {
        let plain = try #require(Self.plain)
        let sound = try LandmarkRefiner.random(seed: 9).network
        var convolutions = sound.convolutions
        let last = try #require(convolutions.indices.last { convolutions[$0] != nil })
        let layer = try #require(convolutions[last])
        convolutions[last] = QuantizedConvolution(
            weights: layer.weights, scales: try Buffer(layer.scales.elements.map { $0 * factor }), bias: layer.bias)
        let broken = try LandmarkRefiner(
            QuantizedNetwork(
                graph: sound.graph, normalization: sound.normalization, formats: sound.formats,
                convolutions: convolutions, parameters: sound.parameters))
        do {
            let (before, after) = (try Self.detections(plain), try Self.detections(plain.refining(broken)))
            #expect(!before.isEmpty && before == after)
        } catch {
            // A scale that no file may have is refused before anything runs.
            let code = (error as? OcellusError)?.code
            #expect(code == .invalidArgument || code == .invalidData)
        }
    }

    @Test("a second look allocates nothing", .enabled(if: AllocationCount.isAvailable))
    func allocations() throws {
        var options = Detector.Options()
        options.scoreThreshold = 0.02
        let detector = try Detector(try #require(Self.plain).refining(.random(seed: 5)), options: options)
        try TestPicture.grey(320, 240, seed: 5).withView { view in
            _ = try detector.detect(view)
            let second = try AllocationCount.of { _ = try detector.detect(view) }
            #expect(second == 0)
        }
    }
}
