// What YuNet sees on the way at a student's places: it looks at the student's own pixels, so that cells lie on cells.
import OcellusDetection
import OcellusImage
import OcellusModels
import OcellusNetwork
import OcellusTensor

/// Features for a student's taps: for the backbone's YuNet's backbone, for the others what its heads read. Distinct workers may
/// write distinct pictures at the same time.
final class YuNetFeatures {
    /// One a thread.
    private let executors: [FloatExecutor]
    private let frame: YuNetFrame
    /// Of the student's cells, with YuNet's channels.
    private(set) var values = TeacherValues()

    /// Throws `.invalidArgument` for taps whose maps are not those of YuNet's strides, `.outOfMemory`.
    init(
        _ network: YuNet, taps: [FeatureTap], input: Preprocessing, batch: Int, threads: Int
    ) throws(OcellusError) {
        frame = YuNetFrame(input, enlargement: 1)
        let declared = try YuNet.declare(height: frame.height, width: frame.width)
        let folding = Folding(declared)
        let graph = folding.graph
        var nodes: Set<Int> = []
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
            nodes.insert(node)
            var shape = tap.shape
            shape.batch = batch
            shape.channels = graph.nodes[node].shape.channels
            try values.add(tap.name, node: node, shape: shape)
        }
        executors = try FloatExecutor.workers(
            threads, graph.exposing(nodes.sorted()), try folding.apply(network.parameters))
    }

    /// Looks at one picture of a batch, `input` as the student gets it.
    func write(_ input: UnsafePointer<Float>, picture: Int, worker: Int) {
        let executor = executors[worker]
        frame.write(input, into: executor.input)
        executor.run()
        values.take(executor, picture: picture)
    }
}
