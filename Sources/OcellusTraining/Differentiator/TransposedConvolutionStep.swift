// Transposed convolution: the gradient of a convolution as a layer. Plain loops: no network of the catalogue trains one.
import OcellusNetwork
import OcellusTensor

/// y[i] gathers every x[j] with i = j * stride - padding + tap; backwards x[j] gathers every such dy[i].
struct TransposedConvolutionStep: DifferentiableStep {
    private let node: Int
    private let input: Int
    private let inputShape: Shape
    private let shape: Shape
    private let operation: TransposedConvolution
    private let store: ParameterStore

    init(_ maker: StepMaker, _ index: Int, _ operation: TransposedConvolution) {
        node = index
        input = maker.graph.nodes[index].inputs[0]
        inputShape = maker.shape(input)
        shape = maker.shape(index)
        self.operation = operation
        store = maker.store
    }

    func forward(_ memory: DifferentiatorMemory) {
        let (x, y) = (memory.value(input), memory.value(node))
        let weights = store.values(operation.weight).pointer
        for position in 0..<shape.positions {
            for k in 0..<shape.channels {
                y[position * shape.channels + k] = operation.bias.map { store.values($0).pointer[k] } ?? 0
            }
        }
        forEachPair { from, to, tap in
            for c in 0..<inputShape.channels {
                let row = weights + (c * taps + tap) * shape.channels
                for k in 0..<shape.channels { y[to + k] += x[from + c] * row[k] }
            }
        }
    }

    func backward(_ memory: DifferentiatorMemory) {
        guard memory.gradientPlace(node) != nil else { return }
        let (x, gradient) = (memory.value(input), memory.gradient(node))
        let weights = store.values(operation.weight).pointer
        if let target = operation.bias.flatMap({ store.gradient($0) }) {
            for k in 0..<shape.channels {
                var sum = 0.0
                for position in 0..<shape.positions { sum += Double(gradient[position * shape.channels + k]) }
                target.pointer[k] = Float(sum)
            }
        }
        if let target = store.gradient(operation.weight) {
            target.pointer.update(repeating: 0, count: target.count)
            forEachPair { from, to, tap in
                for c in 0..<inputShape.channels {
                    let row = target.pointer + (c * taps + tap) * shape.channels
                    for k in 0..<shape.channels { row[k] += x[from + c] * gradient[to + k] }
                }
            }
        }
        memory.contribute(to: input) { target in
            target.update(repeating: 0, count: inputShape.count)
            forEachPair { from, to, tap in
                for c in 0..<inputShape.channels {
                    let row = weights + (c * taps + tap) * shape.channels
                    for k in 0..<shape.channels { target[from + c] += gradient[to + k] * row[k] }
                }
            }
        }
    }

    private var taps: Int { operation.kernel * operation.kernel }

    /// Every input position, output position (in floats) and tap that belong together.
    private func forEachPair(_ body: (_ from: Int, _ to: Int, _ tap: Int) -> Void) {
        for position in 0..<inputShape.positions {
            let column = position % inputShape.width
            let row = position / inputShape.width % inputShape.height
            let picture = position / (inputShape.width * inputShape.height)
            for tap in 0..<taps {
                let tall = row * operation.stride - operation.padding + tap / operation.kernel
                let wide = column * operation.stride - operation.padding + tap % operation.kernel
                guard 0..<shape.height ~= tall, 0..<shape.width ~= wide else { continue }
                let target = (picture * shape.height + tall) * shape.width + wide
                body(position * inputShape.channels, target * shape.channels, tap)
            }
        }
    }
}
