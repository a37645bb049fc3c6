// A teacher of the student's own anchors: its rows are the aims, and its features may be too.
import OcellusDetection
import OcellusModels
import OcellusNetwork
import OcellusTensor

/// Runs a float model over the student's batches.
final class NetworkTeacher: Teacher {
    /// One a thread.
    private let executors: [FloatExecutor]
    private(set) var values = TeacherValues()
    private let batch: Int
    private let pool: ThreadPool

    /// - Parameter taps: the student's nodes whose values are to be handed out.
    ///
    /// Throws `.invalidArgument` when the teacher's input, classes or anchors are not the student's, or it has no such
    /// values.
    init(
        _ model: Model, student: ModelDescription, batch: Int, pool: ThreadPool, taps: [FeatureTap] = []
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
        // Normalisations belong to the weights here: a teacher does not change, and folded it takes half the time.
        let folding = Folding(model.graph)
        let isFolded = own.isFolded
        let graph = isFolded ? model.graph : folding.graph
        // A folded student speaks of folded nodes.
        let names = other.isFolded ? graph : model.graph
        var nodes: [Name: Int] = [:]
        for output in graph.outputs { nodes[output.name] = output.node }
        let outputs = Set(nodes.keys)
        for tap in taps {
            guard let node = names.nodes.firstIndex(where: { $0.name == tap.name }) else {
                throw OcellusError(
                    .invalidArgument,
                    "the teacher (\(own.architecture.name)) lacks the student's layer '\(tap.name)': learning its features takes "
                        + "a float model of the same architecture, with its normalisations for a student that has them; "
                        + "leave them out")
            }
            nodes[tap.name] = isFolded || other.isFolded ? node : folding.places[node]
        }
        let exposed = graph.exposing(nodes.filter { !outputs.contains($0.key) }.values.sorted())
        executors = try FloatExecutor.workers(
            pool.threads, exposed, try isFolded ? model.parameters : folding.apply(model.parameters))
        for (name, node) in nodes {
            var shape = exposed.nodes[node].shape
            shape.batch = batch
            try values.add(name, node: node, shape: shape)
        }
        self.batch = batch
        self.pool = pool
    }

    func answers(for view: TeacherView) -> TeacherAnswers {
        pool.run(chunks: batch) { picture, worker in
            let executor = executors[worker]
            let count = executor.graph.inputShape.count
            executor.input.update(from: view.input + picture * count, count: count)
            executor.run()
            values.take(executor, picture: picture)
        }
        return TeacherAnswers(
            rows: HeadRows(scores: rows("scores"), boxes: rows("boxes"), landmarks: values.batch(of: "landmarks")))
    }

    var featuresAreMapped: Bool { false }

    private func rows(_ name: Name) -> UnsafeBufferPointer<Float> {
        values.batch(of: name) ?? UnsafeBufferPointer(start: nil, count: 0)
    }
}
