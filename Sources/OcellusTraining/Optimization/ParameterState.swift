// Arrays that go with parameters: a momentum, a moment, an average. Made when first needed.
import OcellusNetwork
import OcellusTensor

/// One array of a parameter's size for each parameter that is being trained, named `prefix.parameter`.
struct ParameterState {
    let prefix: Name
    private let parameters: [TrainableParameter]
    private var arrays: [Buffer<Float>?]

    init(_ prefix: Name, _ parameters: [TrainableParameter]) {
        self.prefix = prefix
        self.parameters = parameters
        arrays = [Buffer<Float>?](repeating: nil, count: parameters.count)
    }

    /// The array of a parameter if there is one.
    subscript(index: Int) -> Buffer<Float>? { arrays[index] }

    /// The array of a parameter, of `count` zeros at first (its size when nil).
    mutating func made(_ index: Int, count: Int? = nil) throws(OcellusError) -> Buffer<Float> {
        if let array = arrays[index] { return array }
        let array = try Buffer<Float>(count: count ?? parameters[index].values.count)
        arrays[index] = array
        return array
    }

    /// Drops all arrays.
    mutating func clear() { arrays = [Buffer<Float>?](repeating: nil, count: parameters.count) }

    var named: [NamedValues] {
        var result: [NamedValues] = []
        for (parameter, array) in zip(parameters, arrays) {
            if let array { result.append(NamedValues(prefix.appending(parameter.name), array)) }
        }
        return result
    }

    /// Makes the array of this full name. False when the name is not one of these.
    mutating func prepare(_ name: Name, count: Int? = nil) throws(OcellusError) -> Bool {
        guard name.hasPrefix(prefix) else { return false }
        for index in parameters.indices where prefix.appending(parameters[index].name) == name {
            _ = try made(index, count: count)
            return true
        }
        return false
    }

    static func unknown(_ name: Name) -> OcellusError {
        OcellusError(
            .invalidData,
            "the checkpoint has the array \(name), which this optimiser and network do not have; resume with the "
                + "settings it was made with")
    }
}
