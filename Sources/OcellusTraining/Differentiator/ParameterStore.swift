// The numbers of a network in training, by the index of their declaration.
import OcellusNetwork
import OcellusTensor

/// Values of all parameters; those that are trained have a gradient too.
struct ParameterStore {
    private(set) var trained: [TrainableParameter] = []
    /// What is not trained: running statistics and frozen parameters.
    private(set) var fixed: [Int: Buffer<Float>] = [:]
    private var byIndex: [Int: TrainableParameter] = [:]

    mutating func add(
        _ index: Int, _ declaration: ParameterDeclaration, _ values: Buffer<Float>, isTrained: Bool
    ) throws(OcellusError) {
        if isTrained {
            let parameter = try TrainableParameter(declaration, copying: values)
            trained.append(parameter)
            byIndex[index] = parameter
            return
        }
        fixed[index] = try Buffer(copying: UnsafeBufferPointer(values.elements))
    }

    func values(_ index: Int) -> Buffer<Float> {
        if let parameter = byIndex[index] { return parameter.values }
        guard let values = fixed[index] else { preconditionFailure("parameter \(index) was added") }
        return values
    }

    /// Where a parameter's gradient goes; nil when it is not trained.
    func gradient(_ index: Int) -> Buffer<Float>? { byIndex[index]?.gradient }

    func isTrained(_ index: Int) -> Bool { byIndex[index] != nil }
}
