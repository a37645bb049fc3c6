// The second look: after the detector has found faces, a small network looks at each one's square and moves its points.
import OcellusDetection
import OcellusImage
import OcellusModels
import OcellusNetwork
import OcellusQuantization
import OcellusTensor

/// Refines the landmarks of a frame's detections. One thread at a time; `refine` allocates nothing.
final class LandmarkRefinement {
    private let executor: Int8Executor
    private let sampler: SquareSampler
    private let output: Int
    /// From which score on the model reports faces unless it is told otherwise.
    private let sureScore: Float
    /// Indices of the tallest detections, the tallest first.
    private let chosen: Buffer<Int32>

    convenience init(
        _ refiner: LandmarkRefiner, _ description: ModelDescription, kernels: KernelSet
    ) throws(OcellusError) {
        let executor = try Int8Executor(refiner.network, kernels: kernels)
        guard let output = executor.graph.output(named: LandmarkRefiner.output) else {
            throw OcellusError(.unsupported, "the landmark refiner has no output '\(LandmarkRefiner.output)'")
        }
        self.init(
            executor, SquareSampler(description.preprocessing, side: LandmarkRefiner.side), output,
            description.scoreThreshold, try Buffer(count: LandmarkRefiner.limit))
    }

    private init(
        _ executor: Int8Executor, _ sampler: SquareSampler, _ output: Int, _ sureScore: Float, _ chosen: Buffer<Int32>
    ) {
        self.executor = executor
        self.sampler = sampler
        self.output = output
        self.sureScore = sureScore
        self.chosen = chosen
    }

    /// Moves the points of the tallest faces among `detections`, which are in pixels of `canvas`: first of those that the model
    /// reports unless it is told otherwise, then, when a caller asked for less sure ones, of these.
    func refine(_ detections: UnsafeMutableBufferPointer<Detection>, on canvas: InputPixels) {
        for place in 0..<choose(detections) {
            let index = Int(chosen.pointer[place])
            if let better = refined(detections[index].landmarks, canvas) { detections[index].landmarks = better }
        }
    }

    /// Nil where the points make no face, or the answer is no place in a picture.
    private func refined(_ points: Landmarks, _ canvas: InputPixels) -> Landmarks? {
        guard let toSquare = LandmarkRefiner.toSquare(points) else { return nil }
        let toCanvas = toSquare.inverse
        sampler.sample(
            canvas, a: toCanvas.a, b: toCanvas.b, c: toCanvas.c, d: toCanvas.d, into: executor.input)
        executor.run()
        let result = toCanvas(LandmarkRefiner.points(executor.floats(of: output)))
        return result.isUsable ? result : nil
    }

    private func comesBefore(_ one: Detection, _ other: Detection) -> Bool {
        let (isSure, isOtherSure) = (one.score >= sureScore, other.score >= sureScore)
        return isSure == isOtherSure ? one.box.height > other.box.height : isSure
    }

    /// Fills `chosen` and returns how many they are. Among equals the one with the better score, which stands first.
    private func choose(_ detections: UnsafeMutableBufferPointer<Detection>) -> Int {
        var count = 0
        for index in detections.indices where detections[index].hasLandmarks {
            var place = count
            while place > 0, comesBefore(detections[index], detections[Int(chosen.pointer[place - 1])]) { place -= 1 }
            guard place < chosen.count else { continue }
            count = min(count + 1, chosen.count)
            var last = count - 1
            while last > place {
                chosen.pointer[last] = chosen.pointer[last - 1]
                last -= 1
            }
            chosen.pointer[place] = Int32(index)
        }
        return count
    }
}
