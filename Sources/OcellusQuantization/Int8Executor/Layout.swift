// Layout operations: nothing where the memory plan put the operands in place, a copy elsewhere.
import OcellusNetwork
import OcellusTensor

enum Int8Layout {
    case concatenation(Concatenation.Axis)
    case rows
}

extension Int8Executor {
    func arrange(_ index: Int, _ layout: Int8Layout) {
        let node = network.graph.nodes[index]
        let size = network.formats[index].elementSize
        switch layout {
        case .rows: copy(node.inputs[0], index, offset: 0)
        case .concatenation(.rows):
            // Batch 1: the picture's rows follow one another.
            var offset = 0
            for input in node.inputs {
                copy(input, index, offset: offset)
                offset &+= network.graph.nodes[input].shape.count &* size
            }
        case .concatenation(.channels):
            var first = 0
            for input in node.inputs {
                let width = network.graph.nodes[input].shape.channels &* size
                let (source, target) = (pointer(input), pointer(index) + first)
                if source != target {
                    for position in 0..<node.shape.positions {
                        (target + (position &* node.shape.channels &* size))
                            .update(from: source + (position &* width), count: width)
                    }
                }
                first &+= width
            }
        }
    }

    /// Copies a value unless it is in place; bytes that become head rows turn into floats.
    private func copy(_ input: Int, _ index: Int, offset: Int) {
        let target = pointer(index) + offset
        let count = network.graph.nodes[input].shape.count
        guard network.formats[index] == .floats, case .bytes(let quantization) = network.formats[input] else {
            if pointer(input) != target {
                target.update(from: pointer(input), count: count &* network.formats[index].elementSize)
            }
            return
        }
        let floats = UnsafeMutableRawPointer(target).assumingMemoryBound(to: Float.self)
        let source = pointer(input)
        for element in 0..<count { floats[element] = quantization.dequantize(source[element]) }
    }
}
