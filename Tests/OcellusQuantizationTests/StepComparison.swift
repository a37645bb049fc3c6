// Integer executor against Simulation, a node at a time: the simulation's node gets the integer network's own operands,
// so that what differs is this node's doing.
import OcellusNetwork
import OcellusQuantization
import OcellusTensor

struct StepComparison {
    /// Byte values looked at, how many of them are equal, and the largest difference in steps with its node.
    var count = 0
    var equal = 0
    var worst = 0
    var worstNode = ""
    /// The largest difference of a float value, relative to its node's largest magnitude.
    var floatError = 0.0

    var equalShare: Double { count == 0 ? 1 : Double(equal) / Double(count) }

    init(_ network: QuantizedNetwork, _ pixels: [UInt8], kernels: KernelSet = .best) throws {
        let found = try Int8Executor(network, kernels: kernels).values(for: pixels)
        let simulation = try Simulation(network)
        for (index, value) in network.normalization.values(pixels).enumerated() { simulation.input[index] = value }
        var result = StepComparison()
        simulation.run { node, value in
            guard node > 0 else { return }
            let shape = network.graph.nodes[node].shape
            let stride = simulation.executor.plan.places[node].stride
            var (difference, magnitude) = (0.0, 0.0)
            for index in found[node].indices {
                let place = index / shape.channels * stride + index % shape.channels
                let (mine, own) = (value[place], found[node][index])
                switch network.formats[node] {
                case .bytes(let quantization):
                    let steps = abs(Int(quantization.quantize(mine)) - Int(quantization.quantize(own)))
                    result.count += 1
                    result.equal += steps == 0 ? 1 : 0
                    if steps > result.worst {
                        result.worst = steps
                        result.worstNode = "\(network.graph.nodes[node].name)"
                    }
                case .floats:
                    difference = max(difference, abs(Double(mine) - Double(own)))
                    magnitude = max(magnitude, abs(Double(mine)))
                    if !own.isFinite { result.floatError = .infinity }
                case .pixels: break
                }
                value[place] = own
            }
            if difference > 0 { result.floatError = max(result.floatError, difference / max(magnitude, 1e-30)) }
        }
        self = result
    }

    private init() {}
}
