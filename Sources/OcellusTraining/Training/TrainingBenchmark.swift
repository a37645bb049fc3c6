// How fast a network trains on this machine: forwards, loss, backwards and update, without pictures being read. What other
// frameworks are compared by.
import CSystem
import OcellusData
import OcellusDetection
import OcellusImage
import OcellusModels
import OcellusTensor

/// Times steps on one batch of noise with a few objects in it.
public enum TrainingBenchmark {
    /// Seconds of each of `steps` steps after two that warm up.
    public static func run(_ model: Model, settings: TrainingSettings, steps: Int) throws(OcellusError) -> [Double] {
        let session = try TrainingSession(
            model, reader: NoiseBatch(model.description), settings: settings)
        var seconds: [Double] = []
        for step in 0..<steps + 2 {
            let start = ocs_monotonic_nanoseconds()
            _ = try session.advance()
            if step >= 2 { seconds.append(Double(ocs_monotonic_nanoseconds() - start) / 1e9) }
        }
        return seconds
    }
}

/// The same batch every time. Made once: reading it costs a copy.
private final class NoiseBatch: BatchMaker {
    private let preprocessing: Preprocessing
    private let labels: Int
    private let hasLandmarks: Bool
    private var noise: [Float] = []

    init(_ description: ModelDescription) {
        preprocessing = description.preprocessing
        labels = description.labels.count
        hasLandmarks = description.architecture.landmarkCoder != nil
    }

    func read(
        first: Int, count: Int, into input: UnsafeMutablePointer<Float>, _ pool: ThreadPool
    ) throws(OcellusError) -> BatchContents {
        if noise.isEmpty {
            var random = NormalGenerator(seed: 1)
            for i in 0..<count * preprocessing.elementCount {
                noise.append(127 * random.uniform() * preprocessing.scale[i % 3])
            }
        }
        noise.withUnsafeBufferPointer { input.update(from: $0.baseAddress!, count: $0.count) }
        let (width, height) = (Float(preprocessing.inputWidth), Float(preprocessing.inputHeight))
        let known = (0..<count).map { picture in
            // Three objects, a third, a sixth and a twelfth of the input wide.
            SampleLabels(
                (0..<3).map { index in
                    let side = width / Float(3 << index)
                    let (x, y) = (width * 0.3 * Float(index), height * 0.1 * Float(picture % 6))
                    return GroundTruth(
                        box: Box(left: x, top: y, right: x + side, bottom: y + side),
                        label: 1 + (picture + index) % labels,
                        landmarks: hasLandmarks ? landmarks(x, y, side) : nil)
                })
        }
        return BatchContents(labels: known)
    }

    private func landmarks(_ x: Float, _ y: Float, _ side: Float) -> Landmarks {
        func point(_ a: Float, _ b: Float) -> Point { Point(x: x + a * side, y: y + b * side) }
        return Landmarks(
            leftEye: point(0.3, 0.4), rightEye: point(0.7, 0.4), nose: point(0.5, 0.6), leftMouth: point(0.35, 0.8),
            rightMouth: point(0.65, 0.8))
    }
}
