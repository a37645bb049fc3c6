// Pooling and nearest upsampling: backwards every source gets what its readers got.
import CTrainingKernels
import OcellusNetwork
import OcellusTensor

/// A maximum hands its gradient to the first position that has it, an average to all of its window.
struct PoolingStep: DifferentiableStep {
    let node: Int
    let input: Int
    let inputShape: Shape
    let shape: Shape
    let pooling: Pooling

    func forward(_ memory: DifferentiatorMemory) {
        pooling.run(memory.value(input), inputShape, memory.value(node), shape)
    }

    func backward(_ memory: DifferentiatorMemory) {
        guard memory.gradientPlace(node) != nil else { return }
        let gradient = memory.gradient(node)
        memory.contribute(to: input) { target in
            target.update(repeating: 0, count: inputShape.count)
            for n in 0..<shape.batch {
                for row in 0..<shape.height {
                    for column in 0..<shape.width { spread(memory, gradient, target, n, row, column) }
                }
            }
        }
    }

    private func spread(
        _ memory: DifferentiatorMemory, _ gradient: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>,
        _ n: Int, _ row: Int, _ column: Int
    ) {
        let channels = shape.channels
        let rows = window(row, inputShape.height)
        let columns = window(column, inputShape.width)
        let place = ((n * shape.height + row) * shape.width + column) * channels
        switch pooling.kind {
        case .average:
            let share = 1 / Float(rows.count * columns.count)
            for i in rows {
                for j in columns { otk_accumulate(target + source(n, i, j), gradient + place, share, channels) }
            }
        case .maximum:
            let (x, y) = (memory.value(input), memory.value(node))
            for c in 0..<channels {
                search: for i in rows {
                    for j in columns where x[source(n, i, j) + c] == y[place + c] {
                        target[source(n, i, j) + c] += gradient[place + c]
                        break search
                    }
                }
            }
        }
    }

    private func window(_ index: Int, _ size: Int) -> Range<Int> {
        let start = index * pooling.stride - pooling.padding
        return max(0, start)..<min(size, start + pooling.kernel)
    }

    private func source(_ n: Int, _ i: Int, _ j: Int) -> Int {
        ((n * inputShape.height + i) * inputShape.width + j) * inputShape.channels
    }
}

/// dx[i] = sum of dy over the positions that took i.
struct UpsamplingStep: DifferentiableStep {
    let node: Int
    let input: Int
    let inputShape: Shape
    let shape: Shape

    func forward(_ memory: DifferentiatorMemory) {
        let (x, y) = (memory.value(input), memory.value(node))
        memory.pool.run(chunks: shape.batch * shape.height) { line, _ in
            for column in 0..<shape.width {
                (y + (line * shape.width + column) * shape.channels).update(
                    from: x + source(line, column), count: shape.channels)
            }
        }
    }

    func backward(_ memory: DifferentiatorMemory) {
        guard memory.gradientPlace(node) != nil else { return }
        let gradient = memory.gradient(node)
        memory.contribute(to: input) { target in
            target.update(repeating: 0, count: inputShape.count)
            memory.pool.run(chunks: shape.batch) { n, _ in
                for line in n * shape.height..<(n + 1) * shape.height {
                    for column in 0..<shape.width {
                        otk_accumulate(
                            target + source(line, column), gradient + (line * shape.width + column) * shape.channels, 1,
                            shape.channels)
                    }
                }
            }
        }
    }

    private func source(_ line: Int, _ column: Int) -> Int {
        let row = (line % shape.height) * inputShape.height / shape.height
        let position = (line / shape.height * inputShape.height + row) * inputShape.width
        return (position + column * inputShape.width / shape.width) * shape.channels
    }
}
