// Layout operations cost nothing where the memory plan put the operands in place, and a copy elsewhere.
import OcellusTensor

/// Copies unless both are the same place.
func copyElements(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ count: Int) {
    if x != UnsafePointer(y) { y.copy(from: x, count: count) }
}

extension FloatExecutor {
    /// Copies the operands that are not in place yet.
    func concatenate(_ index: Int, _ axis: Concatenation.Axis) {
        // Indices, not iterators: unspecialised code allocates for an iterator's optional.
        let node = graph.nodes[index]
        let output = pointer(index)
        switch axis {
        case .channels:
            var first = 0
            for operand in 0..<node.inputs.count {
                let input = node.inputs[operand]
                let channels = graph.nodes[input].shape.channels
                let source = pointer(input)
                if source != output + first {
                    for position in 0..<node.shape.positions {
                        let target = output + (position &* node.shape.channels &+ first)
                        target.copy(from: source + (position &* channels), count: channels)
                    }
                }
                first &+= channels
            }
        case .rows:
            var first = 0
            for operand in 0..<node.inputs.count {
                let input = node.inputs[operand]
                let each = graph.nodes[input].shape.width &* node.shape.channels
                for n in 0..<node.shape.batch {
                    let place = n &* node.shape.width &* node.shape.channels &+ first
                    copyElements(UnsafePointer(pointer(input)) + (n &* each), output + place, each)
                }
                first &+= each
            }
        }
    }
}
