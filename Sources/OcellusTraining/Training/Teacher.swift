// A trained network of the same anchors whose answers a student learns from (arXiv 1503.02531).
import OcellusDetection
import OcellusModels
import OcellusNetwork
import OcellusTensor

/// Runs a float model over the student's batches.
final class Teacher {
    private let executor: FloatExecutor

    /// - Parameter taps: names of values within to be handed out, of the student's nodes.
    ///
    /// Throws `.invalidArgument` when the teacher's input, classes or anchors are not the student's, or it has no such
    /// values.
    init(
        _ model: Model, student: ModelDescription, batch: Int, pool: ThreadPool, taps: [Name] = []
    ) throws(OcellusError) {
        guard model.quantized == nil else {
            throw OcellusError(.invalidArgument, "the teacher is an int8 model: give the float model it was made of")
        }
        let (own, other) = (model.description, student)
        guard own.labels == other.labels, own.preprocessing == other.preprocessing,
            try own.architecture.anchors(own.preprocessing).boxes
                == other.architecture.anchors(other.preprocessing).boxes
        else {
            throw OcellusError(
                .invalidArgument,
                "the teacher (\(own.architecture.name)) must have the anchors, classes and preprocessing of the student "
                    + "(\(other.architecture.name))")
        }
        if !taps.isEmpty {
            let nodes = model.graph.nodes.indices.filter { taps.contains(model.graph.nodes[$0].name) }
            guard nodes.count == taps.count else {
                throw OcellusError(
                    .invalidArgument,
                    "the teacher (\(own.architecture.name)) lacks some of the student's layers: learning its features takes a "
                        + "float model of the same architecture that has its normalisations; leave them out")
            }
            executor = try FloatExecutor(model.graph.exposing(nodes).batched(batch), model.parameters, pool: pool)
            return
        }
        let folding = Folding(model.graph)
        executor = try FloatExecutor(
            try (model.description.isFolded ? model.graph : folding.graph).batched(batch),
            try model.description.isFolded ? model.parameters : folding.apply(model.parameters), pool: pool)
    }

    /// What the teacher says about a batch; valid until the next call.
    func rows(for input: UnsafePointer<Float>) -> HeadRows {
        executor.input.update(from: input, count: executor.graph.inputShape.count)
        executor.run()
        return HeadRows(
            scores: rows("scores") ?? UnsafeBufferPointer(start: nil, count: 0),
            boxes: rows("boxes") ?? UnsafeBufferPointer(start: nil, count: 0), landmarks: rows("landmarks"))
    }

    /// A value within, after `rows(for:)`; nil unless it was asked for.
    func value(of name: Name) -> UnsafeBufferPointer<Float>? { rows(name) }

    private func rows(_ name: Name) -> UnsafeBufferPointer<Float>? {
        executor.graph.output(named: name).map {
            UnsafeBufferPointer(start: executor.value(of: $0), count: executor.graph.nodes[$0].shape.count)
        }
    }
}
