// Fake quantisation in training (arXiv 1712.05877): values and weights are rounded to the grids they will have as bytes,
// and gradients pass as if they had not been, except where a value lies beyond its grid.
import CTrainingKernels
import OcellusNetwork
import OcellusQuantization
import OcellusTensor

/// The grids of a folded network's values, and how its weights are rounded.
public struct TrainingSimulation: Sendable {
    /// By node; nil where the value stays real.
    public let grids: [ActivationQuantization?]
    /// What the network's first layer does to pixels: its weights are rounded together with it.
    public let normalization: PixelNormalization

    /// The grids that quantisation with these ranges would use. Throws what `Quantizer.quantize` throws.
    public init(_ network: QuantizedNetwork) {
        grids = network.formats.map {
            if case .bytes(let quantization) = $0 { return quantization }
            return nil
        }
        normalization = network.normalization
    }

    /// Whether a node rounds what it computes. Layout moves bytes that are rounded already, and all operands of one
    /// layout operation share a grid.
    func rounds(_ index: Int, _ node: Node) -> Bool {
        guard grids[index] != nil else { return false }
        switch node.operation {
        case .input, .concatenation, .rows, .upsampling: return false
        case .pooling(let pooling): return pooling.kind == .average
        case .convolution, .transposedConvolution, .batchNormalization, .groupNormalization, .l2Normalization,
            .activation, .add, .multiply, .scale:
            return true
        }
    }
}

/// A step whose value is rounded to a grid of bytes. Backwards the gradient passes where the value lies inside the grid
/// and ends where it was cut off.
struct RoundingStep: DifferentiableStep {
    let node: Int
    let count: Int
    let grid: ActivationQuantization
    let step: any DifferentiableStep

    var scratchCount: Int { step.scratchCount }

    func forward(_ memory: DifferentiatorMemory) {
        step.forward(memory)
        round(memory)
    }

    func recompute(_ memory: DifferentiatorMemory) {
        step.recompute(memory)
        round(memory)
    }

    private func round(_ memory: DifferentiatorMemory) {
        let value = memory.value(node)
        memory.forEachPart(of: count) { part in
            otk_round_to_grid(value + part.lowerBound, part.count, grid.scale, Float(grid.zeroPoint))
        }
    }

    func backward(_ memory: DifferentiatorMemory) {
        if memory.gradientPlace(node) != nil {
            let (value, gradient) = (memory.value(node), memory.gradient(node))
            let clamp = otk_clamp(low: grid.dequantize(0), high: grid.dequantize(255), slope: 0)
            memory.forEachPart(of: count) { part in
                otk_clamp_backward(gradient + part.lowerBound, value + part.lowerBound, part.count, clamp)
            }
        }
        step.backward(memory)
    }
}
