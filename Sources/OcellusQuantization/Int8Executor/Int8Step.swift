// What is left of an operation on bytes when all that can be decided beforehand has been, and what decides it.
import OcellusNetwork
import OcellusTensor

/// One prepared operation. Indirect: a copy is one reference, not the buffers of a convolution.
indirect enum Int8Step {
    /// The picture, which is there, and upsamplings that a sum does.
    case nothing
    case convolution(PackedQuantizedConvolution)
    case lookup(LookupStep)
    case sum(SumStep)
    case upsampledSum(UpsampledSumStep)
    case pooling(BytePooling)
    case upsampling(ByteUpsampling)
    case island(FloatIsland)
    case layout(Int8Layout)

    var scratchCount: Int {
        if case .convolution(let packed) = self { return packed.scratchCount }
        return 0
    }
}

/// What the preparation of one node may look at.
struct Int8Context {
    let index: Int
    let network: QuantizedNetwork
    let plan: MemoryPlan
    let upsampledSums: [Int?]
    let kernels: KernelSet

    var node: Node { network.graph.nodes[index] }
    var output: Shape { node.shape }

    func input(_ position: Int = 0) -> Shape { network.graph.nodes[node.inputs[position]].shape }

    /// The bytes' meaning of a node that must have one.
    func quantization(of index: Int) throws(OcellusError) -> ActivationQuantization {
        guard case .bytes(let quantization) = network.formats[index] else {
            throw OcellusError(
                .unsupported,
                "layer \(node.name): \(node.operation.title) cannot run in integers between pixels or head rows")
        }
        return quantization
    }

    /// Where bytes move, operands and result must mean the same.
    func requireOneScale() throws(OcellusError) {
        let own = try quantization(of: index)
        for input in node.inputs where try quantization(of: input) != own {
            throw OcellusError(
                .invalidData,
                "layer \(node.name): operand \(network.graph.nodes[input].name) has another scale than the result")
        }
    }

    func prepare() throws(OcellusError) -> Int8Step {
        switch node.operation {
        case .input: return .nothing
        case .convolution(let operation): return try prepare(operation)
        case .activation(let operation): return try prepare(operation)
        case .add:
            for input in node.inputs where upsampledSums[input] != nil { return try prepareSum(upsampling: input) }
            return try prepareSum()
        case .pooling(let operation): return try prepare(operation)
        case .upsampling:
            let step = try prepareUpsampling()
            return upsampledSums[index] == nil ? step : .nothing
        case .concatenation(let operation): return try prepareLayout(.concatenation(operation.axis))
        case .rows: return try prepareLayout(.rows)
        case .transposedConvolution, .batchNormalization, .groupNormalization, .l2Normalization, .multiply, .scale:
            return .island(try FloatIsland(self))
        }
    }
}
