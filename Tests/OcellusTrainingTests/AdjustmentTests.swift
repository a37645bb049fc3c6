// Scores moved after training: each row's logits change by what its anchor and class were given, and nothing else does.
import OcellusModels
import OcellusNetwork
import OcellusQuantization
import OcellusTensor
import OcellusTraining
import TestSupport
import Testing

@Suite("scores moved")
struct AdjustmentTests {
    /// What a model puts out for a seeded picture.
    private func rows(_ model: Model) throws -> [Name: [Float]] {
        var random = SeededGenerator(seed: 3)
        let count = model.graph.inputShape.count
        let pixels = (0..<count).map { _ in UInt8(random.integer(0...255)) }
        var rows: [Name: [Float]] = [:]
        if let quantized = model.quantized {
            let executor = try Int8Executor(quantized)
            executor.input.update(from: pixels, count: count)
            executor.run()
            for output in model.graph.outputs {
                let values = model.graph.nodes[output.node].shape.count
                rows[output.name] = (0..<values).map { executor.real(output.node, $0) }
            }
        } else {
            let executor = try FloatExecutor(model.graph, model.parameters)
            executor.input.update(from: pixels.map { Float($0) / 255 - 0.5 }, count: count)
            executor.run()
            for output in model.graph.outputs {
                let values = model.graph.nodes[output.node].shape.count
                rows[output.name] = Array(UnsafeBufferPointer(start: executor.value(of: output.node), count: values))
            }
        }
        return rows
    }

    /// A seeded model in float, or in integers with one range for all values.
    private func model(_ architecture: Architecture, isInt8: Bool) throws -> Model {
        let float = try Model.smallRandom(architecture, seed: 1)
        guard isInt8 else { return float }
        let folded = try float.folded()
        let range = ValueRange(minimum: -1, maximum: 4)
        return try folded.quantized(ranges: [ValueRange](repeating: range, count: folded.graph.nodes.count))
    }

    @Test(
        "anchors up to a size and one class get theirs, the smallest size that fits counts",
        arguments: Architecture.allCases, [false, true])
    func moved(architecture: Architecture, isInt8: Bool) throws {
        let model = try model(architecture, isInt8: isInt8)
        let anchors = try architecture.anchors(model.description.preprocessing)
        let columns = model.description.labels.count + 1
        let label = columns - 2
        let adjusted = try model.adjustingScores(
            ScoreAdjustment(sizes: [(limit: 110, offset: -0.25), (limit: 60, offset: -0.75)], classes: [label: 0.5]))
        #expect(adjusted.description.precision == model.description.precision)
        let (before, after) = (try rows(model), try rows(adjusted))
        #expect(after["boxes"] == before["boxes"] && after["landmarks"] == before["landmarks"])
        let (old, new) = (try #require(before["scores"]), try #require(after["scores"]))
        try #require(old.count == anchors.count * columns)
        var seen: Set<Float> = []
        for (row, anchor) in anchors.boxes.enumerated() {
            let size = (anchor.width * anchor.height).squareRoot() * Float(anchors.inputWidth)
            let bySize: Float = size < 61 ? -0.75 : size <= 110 ? -0.25 : 0
            seen.insert(bySize)
            for column in 0..<columns {
                let wanted = column == 0 ? 0 : bySize + (column == label + 1 ? 0.5 : 0)
                let change = new[row * columns + column] - old[row * columns + column]
                // An accumulator's unit is far below a thousandth here.
                let isRight = column == 0 ? change == 0 : abs(change - wanted) < 1e-3
                #expect(isRight, "row \(row), column \(column): \(change) instead of \(wanted)")
            }
        }
        #expect(seen.count == 3)
    }

    @Test("the model it was made of stays what it was")
    func original() throws {
        let model = try model(.retinaFaceMobileNet025, isInt8: true)
        let before = try rows(model)
        _ = try model.adjustingScores(ScoreAdjustment(classes: [0: 3]))
        #expect(try rows(model) == before)
    }

    @Test(
        "numbers beyond 20, sizes of nothing or below all anchors, classes it lacks",
        arguments: [
            ScoreAdjustment(classes: [0: 21]), ScoreAdjustment(classes: [0: .nan]), ScoreAdjustment(classes: [1: 1]),
            ScoreAdjustment(classes: [-1: 1]), ScoreAdjustment(sizes: [(limit: 0, offset: 1)]),
            ScoreAdjustment(sizes: [(limit: .nan, offset: 1)]), ScoreAdjustment(sizes: [(limit: 9, offset: 1)]),
            ScoreAdjustment(sizes: [(limit: 20, offset: -.infinity)]),
        ])
    func refused(adjustment: ScoreAdjustment) throws {
        let model = try model(.retinaFaceMobileNet025, isInt8: false)
        let error = try #require(throws: OcellusError.self) { try model.adjustingScores(adjustment) }
        #expect(error.code == .invalidArgument)
    }
}
