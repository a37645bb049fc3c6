// Layout operations: nothing where the memory plan put the operands in place, a copy elsewhere. Bytes that become head
// rows turn into floats on the way.
import OcellusNetwork
import OcellusTensor

enum Int8Layout {
    case concatenation(Concatenation.Axis)
    case rows
}

extension Int8Context {
    /// Byte operands of a byte result are copied as they are.
    func prepareLayout(_ layout: Int8Layout) throws(OcellusError) -> Int8Step {
        for input in node.inputs {
            switch (network.formats[index], network.formats[input]) {
            case (.floats, .floats), (.floats, .bytes): break
            case (.bytes, _), (.pixels, _), (.floats, .pixels): try requireOneScale()
            }
        }
        return .layout(layout)
    }
}

extension Int8Executor {
    func arrange(_ index: Int, _ layout: Int8Layout) {
        let node = network.graph.nodes[index]
        let channels = node.shape.channels
        // In elements of the result.
        var offset = 0
        for position in 0..<node.inputs.count {
            let input = node.inputs[position]
            let shape = network.graph.nodes[input].shape
            switch layout {
            case .rows, .concatenation(.rows):
                // Batch 1: the picture's rows follow one another.
                copy(input, index, from: 0, to: offset, count: shape.count)
                offset &+= shape.count
            case .concatenation(.channels):
                if !isInPlace(input, index, offset) {
                    for place in 0..<node.shape.positions {
                        copy(
                            input, index, from: place &* shape.channels, to: place &* channels &+ offset,
                            count: shape.channels)
                    }
                }
                offset &+= shape.channels
            }
        }
    }

    private func isInPlace(_ input: Int, _ index: Int, _ offset: Int) -> Bool {
        pointer(input) == pointer(index) + offset &* network.formats[index].elementSize
    }

    /// Copies elements unless they are in place.
    private func copy(_ input: Int, _ index: Int, from: Int, to: Int, count: Int) {
        let size = network.formats[index].elementSize
        let target = pointer(index) + to &* size
        if size > 1, case .bytes(let quantization) = network.formats[input] {
            dequantizeBytes(
                pointer(input) + from, UnsafeMutableRawPointer(target).assumingMemoryBound(to: Float.self),
                count: count,
                scale: quantization.scale, zeroPoint: quantization.zeroPoint)
        } else {
            let source = pointer(input) + from &* size
            if source != target { target.copy(from: source, count: count &* size) }
        }
    }
}
