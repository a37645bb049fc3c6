// Values from within a teacher's network, a batch of each: its executors look at one picture at a time.
import OcellusNetwork
import OcellusTensor

/// What is handed out, by name. Distinct pictures may be taken at the same time.
struct TeacherValues {
    private struct Value {
        let node: Int
        /// A batch of it: at most the rows and columns that the node has.
        let shape: Shape
        let values: Buffer<Float>
    }

    private var all: [Name: Value] = [:]

    /// Room for a batch of what `node` computes, `shape` of it. Throws `.outOfMemory`.
    mutating func add(_ name: Name, node: Int, shape: Shape) throws(OcellusError) {
        all[name] = Value(node: node, shape: shape, values: try Buffer(count: shape.count))
    }

    /// Keeps what an executor has just computed for a picture of the batch.
    func take(_ executor: FloatExecutor, picture: Int) {
        for value in all.values {
            let shape = value.shape
            let (kept, whole) = (shape.width, executor.graph.nodes[value.node].shape.width)
            let source = executor.value(of: value.node)
            for row in 0..<shape.height {
                (value.values.pointer + (picture * shape.height + row) * kept * shape.channels).update(
                    from: source + row * whole * shape.channels, count: kept * shape.channels)
            }
        }
    }

    /// A batch, packed; nil for a name that was not added.
    func batch(of name: Name) -> UnsafeBufferPointer<Float>? {
        all[name].map { UnsafeBufferPointer($0.values.elements) }
    }

    func shape(of name: Name) -> Shape? { all[name]?.shape }
}
