// Operations that move numbers: backwards they move gradients the other way.
import OcellusNetwork
import OcellusTensor

/// Its operands side by side or below one another.
struct ConcatenationStep: DifferentiableStep {
    let node: Int
    let inputs: [Int]
    let shapes: [Shape]
    let shape: Shape
    let axis: Concatenation.Axis

    func forward(_ memory: DifferentiatorMemory) {
        let y = memory.value(node)
        forEachRun { operand, from, to, count in
            (y + to).update(from: memory.value(inputs[operand]) + from, count: count)
        }
    }

    func backward(_ memory: DifferentiatorMemory) {
        guard memory.gradientPlace(node) != nil else { return }
        let gradient = memory.gradient(node)
        for (operand, input) in inputs.enumerated() {
            memory.contribute(to: input) { target in
                forEachRun { other, to, from, count in
                    if other == operand { (target + to).update(from: gradient + from, count: count) }
                }
            }
        }
    }

    /// Runs of floats that touch in an operand and in the result.
    private func forEachRun(_ body: (_ operand: Int, _ inOperand: Int, _ inResult: Int, _ count: Int) -> Void) {
        let runs = axis == .channels ? shape.positions : shape.batch
        let width = shape.count / runs
        var first = 0
        for (operand, part) in shapes.enumerated() {
            let count = part.count / runs
            for run in 0..<runs { body(operand, run * count, run * width + first, count) }
            first += count
        }
    }
}

/// The same memory with other sizes.
struct RowsStep: DifferentiableStep {
    let node: Int
    let input: Int
    let count: Int

    func forward(_ memory: DifferentiatorMemory) {}

    func backward(_ memory: DifferentiatorMemory) {
        guard memory.gradientPlace(node) != nil else { return }
        let gradient = memory.gradient(node)
        if memory.plan.sharesGradient(node, input) {
            memory.markWritten(input)
        } else {
            memory.contribute(to: input) { $0.update(from: gradient, count: count) }
        }
    }
}
