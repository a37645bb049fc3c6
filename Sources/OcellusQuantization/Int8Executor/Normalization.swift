// Float islands: operations that lose too much in integers run in float between two conversions.
import OcellusNetwork
import OcellusTensor

/// L2 and group normalisation, and what else was not folded: bytes to floats, the float executor's step, back to bytes.
struct FloatIsland {
    private let step: FloatStep
    private let inputs: [(quantization: ActivationQuantization, values: Buffer<Float>)]
    private let quantization: ActivationQuantization
    private let result: Buffer<Float>
    private let scratch: Buffer<Float>

    init(_ context: Int8Context) throws(OcellusError) {
        step = try StepContext(
            index: context.index, graph: context.network.graph, plan: MemoryPlan(context.network.graph),
            parameters: context.network.parameters, kernels: context.kernels
        ).prepare()
        quantization = try context.quantization(of: context.index)
        var inputs: [(quantization: ActivationQuantization, values: Buffer<Float>)] = []
        for (position, input) in context.node.inputs.enumerated() {
            inputs.append((try context.quantization(of: input), try Buffer(count: context.input(position).count)))
        }
        self.inputs = inputs
        result = try Buffer(count: context.output.count)
        scratch = try Buffer(count: step.scratchCount)
    }

    /// The second operand is the first again where the operation has one.
    func run(_ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, _ y: UnsafeMutablePointer<UInt8>) {
        dequantize(a, 0)
        if inputs.count > 1 { dequantize(b, 1) }
        step.run(inputs[0].values.pointer, inputs[inputs.count - 1].values.pointer, result.pointer, scratch.pointer)
        quantizeBytes(
            result.pointer, y, count: result.count, scale: quantization.scale, zeroPoint: quantization.zeroPoint)
    }

    private func dequantize(_ bytes: UnsafePointer<UInt8>, _ position: Int) {
        let (quantization, values) = inputs[position]
        dequantizeBytes(
            bytes, values.pointer, count: values.count, scale: quantization.scale, zeroPoint: quantization.zeroPoint)
    }
}
