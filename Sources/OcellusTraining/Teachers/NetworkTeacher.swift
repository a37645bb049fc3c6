// A teacher of the student's own anchors: its rows are the aims, and its features may be too.
import OcellusDetection
import OcellusModels
import OcellusNetwork
import OcellusTensor

/// Runs a float model over the student's batches.
final class NetworkTeacher: Teacher {
    private let executor: FloatExecutor
    /// The nodes of the values that are handed out.
    private var values: [Name: Int] = [:]

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
        // Normalisations belong to the weights here: a teacher does not change, and folded it takes half the time.
        let folding = Folding(model.graph)
        let isFolded = own.isFolded
        let graph = isFolded ? model.graph : folding.graph
        // A folded student speaks of folded nodes.
        let names = other.isFolded ? graph : model.graph
        for tap in taps {
            guard let node = names.nodes.firstIndex(where: { $0.name == tap }) else {
                throw OcellusError(
                    .invalidArgument,
                    "the teacher (\(own.architecture.name)) lacks the student's layer '\(tap)': learning its features takes "
                        + "a float model of the same architecture, with its normalisations for a student that has them; "
                        + "leave them out")
            }
            values[tap] = isFolded || other.isFolded ? node : folding.places[node]
        }
        executor = try FloatExecutor(
            graph.exposing(values.values.sorted()).batched(batch),
            try isFolded ? model.parameters : folding.apply(model.parameters), pool: pool)
    }

    func answers(for view: TeacherView) -> TeacherAnswers {
        executor.input.update(from: view.input, count: executor.graph.inputShape.count)
        executor.run()
        let none = UnsafeBufferPointer<Float>(start: nil, count: 0)
        return TeacherAnswers(
            rows: HeadRows(
                scores: rows("scores") ?? none, boxes: rows("boxes") ?? none, landmarks: rows("landmarks")))
    }

    func value(of name: Name) -> UnsafeBufferPointer<Float>? { values[name].map(floats) }

    func shape(of name: Name) -> Shape? { values[name].map { executor.graph.nodes[$0].shape } }

    private func rows(_ name: Name) -> UnsafeBufferPointer<Float>? { executor.graph.output(named: name).map(floats) }

    private func floats(_ node: Int) -> UnsafeBufferPointer<Float> {
        UnsafeBufferPointer(start: executor.value(of: node), count: executor.graph.nodes[node].shape.count)
    }
}
