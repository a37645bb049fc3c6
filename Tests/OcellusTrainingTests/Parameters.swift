// Parameters without a network.
@testable import OcellusNetwork
import OcellusTensor
import OcellusTraining

/// Parameters p0, p1, ...: the first a weight, the others biases.
func makeParameters(_ values: [[Float]]) throws -> [TrainableParameter] {
    try values.enumerated().map { index, numbers in
        let declaration = ParameterDeclaration(
            name: Name("p\(index)"), dimensions: [numbers.count], role: index == 0 ? .weight : .bias)
        return try TrainableParameter(declaration, copying: Buffer(numbers))
    }
}
