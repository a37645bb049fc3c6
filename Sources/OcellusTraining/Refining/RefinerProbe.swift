// Squares that are read once and looked at often: to measure a refiner on, and to take its ranges from.
import OcellusDetection
import OcellusModels
import OcellusNetwork
import OcellusQuantization
import OcellusTensor

/// The squares of some canvases.
final class RefinerProbe {
    private let (input, offsets, begins, weights): (Buffer<Float>, Buffer<Float>, Buffer<Float>, Buffer<Float>)

    /// Throws what reading pictures throws.
    init(_ squares: RefinerSquares, canvases: Int, _ pool: ThreadPool) throws(OcellusError) {
        let count = canvases * RefinerSquares.perCanvas
        input = try Buffer(count: count * RefinerSquares.elements)
        offsets = try Buffer(count: count * 2 * Landmarks.count)
        begins = try Buffer(count: count * 2 * Landmarks.count)
        weights = try Buffer(count: count)
        try squares.read(
            first: 0, canvases: canvases,
            into: RefinerSquares.Destination(
                input: input.pointer, offsets: offsets.pointer, begins: begins.pointer, weights: weights.pointer), pool)
    }

    /// Squares that have a face.
    var count: Int { weights.elements.count { $0 > 0 } }

    func measure(_ graph: Graph, _ parameters: Parameters) throws(OcellusError) -> RefinerMeasure {
        let executor = try FloatExecutor(graph, parameters)
        return measure { square in
            executor.input.update(from: square, count: RefinerSquares.elements)
            executor.run()
            return UnsafePointer(executor.value(of: graph.outputs[0].node))
        }
    }

    func measure(_ refiner: LandmarkRefiner) throws(OcellusError) -> RefinerMeasure {
        let executor = try Int8Executor(refiner.network)
        let normalization = LandmarkRefiner.normalization
        return measure { square in
            for index in 0..<RefinerSquares.elements {
                let level = square[index] / normalization.scale[index % 3] + normalization.mean[index % 3]
                executor.input[index] = UInt8(max(0, min(255, level.rounded())))
            }
            executor.run()
            return executor.floats(of: executor.graph.outputs[0].node)
        }
    }

    /// Calls `body` with every square that counts.
    func forEachSquare(_ body: (UnsafePointer<Float>) -> Void) {
        for index in weights.elements.indices where weights.pointer[index] > 0 {
            body(input.pointer + index * RefinerSquares.elements)
        }
    }

    private func measure(_ answer: (UnsafePointer<Float>) -> UnsafePointer<Float>) -> RefinerMeasure {
        var (before, after, near, seen) = (0.0, 0.0, 0, 0)
        for index in weights.elements.indices where weights.pointer[index] > 0 {
            let truth = LandmarkRefiner.points(offsets.pointer + index * 2 * Landmarks.count)
            let begin = LandmarkRefiner.points(begins.pointer + index * 2 * Landmarks.count)
            let end = LandmarkRefiner.points(answer(input.pointer + index * RefinerSquares.elements))
            let eyes = max(RefinerProbe.distance(truth.leftEye, truth.rightEye), 1e-6)
            seen += 1
            for point in 0..<Landmarks.count {
                before += RefinerProbe.distance(begin[point], truth[point]) / eyes
                let error = RefinerProbe.distance(end[point], truth[point]) / eyes
                after += error
                near += error < 0.1 ? 1 : 0
            }
        }
        let points = Double(max(seen, 1) * Landmarks.count)
        return RefinerMeasure(
            count: seen, before: before / points, after: after / points, near: Double(near) / points)
    }

    private static func distance(_ a: Point, _ b: Point) -> Double {
        let (x, y) = (Double(a.x - b.x), Double(a.y - b.y))
        return (x * x + y * y).squareRoot()
    }
}
