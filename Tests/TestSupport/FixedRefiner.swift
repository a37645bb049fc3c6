// A refiner that answers the same whatever it sees, in the integers that real ones have.
import OcellusModels
import OcellusNetwork
import OcellusQuantization
import OcellusTensor

extension LandmarkRefiner {
    /// Seeded numbers, but for the last layer with `answer`: that has no weights and those ten numbers as its bias.
    public static func random(seed: UInt64, answer: [Float]? = nil) throws(OcellusError) -> LandmarkRefiner {
        let folding = Folding(try declare())
        var parameters = try folding.apply(try .random(for: try declare(), seed: seed))
        if let answer {
            let layer = Name("refiner").appending(output)
            let weight = try parameters.required(layer.appending("weight"))
            // A weight that is too small to matter: a layer of none has no scale.
            let values = [Float](repeating: 1e-12, count: weight.values.count)
            parameters[layer.appending("weight")] = try Parameter(dimensions: weight.dimensions, values: Buffer(values))
            parameters[layer.appending("bias")] = try Parameter(dimensions: [answer.count], values: Buffer(answer))
        }
        let calibrator = try Calibrator(folding.graph, parameters)
        var random = SeededGenerator(seed: seed)
        for index in 0..<side * side * 3 { calibrator.input[index] = random.float(-2...2) }
        calibrator.observe()
        let quantizer = Quantizer(folding.graph, parameters, normalization)
        return try LandmarkRefiner(try quantizer.quantize(ranges: try calibrator.ranges()))
    }
}
