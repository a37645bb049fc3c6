// A convolution made ready to run: weights in the order the kernels read them. The loops are in the two extensions:
// +Product (dense and grouped: matrix product tiles) and +Depthwise.
import CKernels

/// Float convolution, NHWC, with fused bias and activation. Immutable: any number of threads may run it at once.
///
/// The result is rounded differently by each kernel set: compare within a tolerance.
public struct PackedConvolution: Sendable {
    /// Columns of the output that one tile computes, and where their weights lie.
    struct Block: Sendable {
        let column: Int
        let columns: Int
        let width: Int
        let rows: Int
        let packedOffset: Int
    }

    public let geometry: ConvolutionGeometry
    public let kernels: KernelSet
    /// Floats of scratch that each running thread needs.
    public let scratchCount: Int

    let clamp: OutputClamp
    /// Product: [group][block][k][width]. Depthwise: [tap][channels rounded up to 16].
    let packed: Buffer<Float>
    let bias: Buffer<Float>
    /// What taps outside the input read.
    let zeros: Buffer<Float>
    /// Blocks of one group; empty for depthwise.
    let blocks: [Block]
    let packedPerGroup: Int
    let biasPerGroup: Int

    /// Packs `geometry.weightCount` weights and, when there is a bias, `output.channels` of it.
    ///
    /// Throws `.invalidArgument` for sizes that contradict each other and `.outOfMemory`.
    public init(
        _ geometry: ConvolutionGeometry, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>? = nil,
        clamp: OutputClamp = .none, kernels: KernelSet = .best
    ) throws(OcellusError) {
        try geometry.validate()
        self.geometry = geometry
        self.clamp = clamp
        self.kernels = kernels
        let groups = geometry.isDepthwise ? 1 : geometry.groups
        let columns = geometry.output.channels / groups
        if geometry.isDepthwise {
            let padded = (columns + 15) / 16 * 16
            blocks = []
            packedPerGroup = padded * geometry.taps
            biasPerGroup = padded
        } else {
            let depth = geometry.taps * (geometry.input.channels / groups)
            blocks = PackedConvolution.split(columns, depth: depth, for: kernels.instructions)
            let end = blocks.last.map { $0.column + $0.width } ?? 0
            packedPerGroup = end * depth
            biasPerGroup = end
        }
        packed = try Buffer(count: packedPerGroup * groups)
        self.bias = try Buffer(count: biasPerGroup * groups)
        zeros = try Buffer(count: geometry.input.channels / groups)
        // Pointer tables, two floats a pointer, and room to align them.
        scratchCount = 2 + 2 * geometry.taps * (geometry.isDepthwise ? 2 : Int(OCK_F32_ROWS))
        if let bias {
            for group in 0..<groups {
                for column in 0..<columns {
                    self.bias.pointer[group * biasPerGroup + column] = bias[group * columns + column]
                }
            }
        }
        if geometry.isDepthwise { packDepthwise(weights) } else { packProduct(weights) }
    }

    /// What runs, for people: "gemm 12x32 AVX-512".
    public var kernelName: String {
        guard let block = blocks.first else {
            return (hasRowKernel ? "depthwise row " : "depthwise taps ") + kernels.name
        }
        return "gemm \(block.rows)x\(block.width) " + kernels.name
    }

    /// Computes `rows`, a range of batch * output.height; threads may share a convolution by dividing the rows.
    ///
    /// `input` and `output` point at the first channel of the first position of the whole tensors and do not
    /// overlap. Allocates nothing. Rows outside the output are left out.
    public func run(
        input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>,
        rows: Range<Int>
    ) {
        let rows = rows.clamped(to: 0..<geometry.output.batch * geometry.output.height)
        let address = (UInt(bitPattern: scratch) &+ 7) & ~7
        guard !rows.isEmpty,
            let table = UnsafeMutablePointer<UnsafePointer<Float>?>(bitPattern: address)
        else { return }
        if geometry.isDepthwise {
            runDepthwise(input, output, table, rows)
        } else {
            runProduct(input, output, table, rows)
        }
    }
}
