// What YuNet sees on the way at a student's places: it looks at the student's own pixels, so that cells lie on cells.
import OcellusDetection
import OcellusImage
import OcellusModels
import OcellusNetwork
import OcellusTensor

/// Features for a student's taps: for the backbone's YuNet's backbone, for the others what its heads read. Distinct workers may
/// write distinct pictures at the same time.
final class YuNetFeatures {
    private struct Answer {
        let node: Int
        /// A batch of it: the student's cells, YuNet's channels.
        let shape: Shape
        let values: Buffer<Float>
    }

    /// One a thread.
    private let executors: [FloatExecutor]
    private let frame: YuNetFrame
    private var answers: [Name: Answer] = [:]

    /// Throws `.invalidArgument` for taps whose maps are not those of YuNet's strides, `.outOfMemory`.
    init(
        _ network: YuNet, taps: [FeatureTap], input: Preprocessing, batch: Int, threads: Int
    ) throws(OcellusError) {
        frame = YuNetFrame(input, enlargement: 1)
        let declared = try YuNet.declare(height: frame.height, width: frame.width)
        let folding = Folding(declared)
        let graph = folding.graph
        var nodes: [Name: Int] = [:]
        for tap in taps {
            let level = YuNet.strides.firstIndex { stride in
                (input.inputHeight + stride - 1) / stride == tap.shape.height
                    && (input.inputWidth + stride - 1) / stride == tap.shape.width
            }
            guard let level,
                let place = declared.nodes.firstIndex(where: { $0.name == YuNet.feature(level, tap.part) })
            else {
                throw OcellusError(
                    .invalidArgument,
                    "YuNet has no features for the student's layer '\(tap.name)' of \(tap.shape): expected a map at a stride of "
                        + "8, 16 or 32; leave the teacher's features out")
            }
            let node = folding.places[place]
            nodes[tap.name] = node
            var shape = tap.shape
            shape.batch = batch
            shape.channels = graph.nodes[node].shape.channels
            answers[tap.name] = Answer(node: node, shape: shape, values: try Buffer(count: shape.count))
        }
        executors = try FloatExecutor.workers(
            threads, graph.exposing(Set(nodes.values).sorted()), try folding.apply(network.parameters))
    }

    /// Looks at one picture of a batch, `input` as the student gets it.
    func write(_ input: UnsafePointer<Float>, picture: Int, worker: Int) {
        let executor = executors[worker]
        frame.write(input, into: executor.input)
        executor.run()
        for answer in answers.values {
            let width = executor.graph.nodes[answer.node].shape.width
            let count = answer.shape.width * answer.shape.channels
            let source = executor.value(of: answer.node)
            for row in 0..<answer.shape.height {
                (answer.values.pointer + (picture * answer.shape.height + row) * count).update(
                    from: source + row * width * answer.shape.channels, count: count)
            }
        }
    }

    func value(of name: Name) -> UnsafeBufferPointer<Float>? {
        answers[name].map { UnsafeBufferPointer($0.values.elements) }
    }

    func shape(of name: Name) -> Shape? { answers[name]?.shape }
}
