// A convolution made ready to run: weights in the order the kernels read them. The loops are in the extensions:
// +Product and +Windows (dense and grouped: matrix product tiles), +Winograd (dense 3x3), +Halves (1x1, many channels) and +Depthwise.
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
        /// Whether it has the kernel set's widest kind of tile.
        let isWidest: Bool
    }

    /// How a dense convolution is computed.
    public enum Method: Sendable {
        /// As a matrix product: packing is a copy of the weights.
        case direct
        /// By Winograd's methods where they save work, else directly. 3x3 at stride 1, channels in sixteens: a fraction of
        /// the multiplications, four times the memory for weights. 1x1 with many channels: seven eighths of them, seven
        /// quarters of the memory. Both with larger rounding errors.
        case winograd
    }

    public let geometry: ConvolutionGeometry
    public let kernels: KernelSet
    /// Floats of scratch that each running thread needs.
    public let scratchCount: Int

    let clamp: OutputClamp
    /// Rows of 4x4 output tiles that are transformed together; 0 where Winograd's method is not used.
    let tileRows: Int
    /// Whether the product is cut into halves; blocks are then those of half the output channels.
    let isHalved: Bool
    /// Product: [group][block][k][width]. Depthwise: [tap][channels rounded up to 16]. Winograd: [point][block][k][width].
    /// Halves: `packHalves`.
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
        clamp: OutputClamp = .none, kernels: KernelSet = .best, method: Method = .direct
    ) throws(OcellusError) {
        try geometry.validate()
        self.geometry = geometry
        self.clamp = clamp
        self.kernels = kernels
        tileRows = method == .winograd ? geometry.winogradTileRows(tiles: 20) : 0
        let groups = geometry.isDepthwise ? 1 : geometry.groups
        let columns = geometry.output.channels / groups
        isHalved = method == .winograd && geometry.gainsByHalves(kernels.instructions)
        if geometry.isDepthwise {
            let padded = (columns + 15) / 16 * 16
            blocks = []
            packedPerGroup = padded * geometry.taps
            biasPerGroup = padded
        } else if isHalved {
            let depth = PackedConvolution.halvesProducts * (geometry.input.channels / 2)
            blocks = PackedConvolution.split(columns / 2, depth: depth, for: kernels.instructions)
            packedPerGroup = columns / 2 * depth
            biasPerGroup = columns
        } else {
            let depth = (tileRows > 0 ? 1 : geometry.taps) * (geometry.input.channels / groups)
            blocks = PackedConvolution.split(columns, depth: depth, for: kernels.instructions)
            let end = blocks.last.map { $0.column + $0.width } ?? 0
            packedPerGroup = end * depth
            biasPerGroup = end
        }
        packed = try Buffer(count: packedPerGroup * (tileRows > 0 ? PackedConvolution.winogradPoints : groups))
        self.bias = try Buffer(count: biasPerGroup * groups)
        zeros = try Buffer(count: max(geometry.input.channels / groups, 64))
        // Pointer tables, two floats a pointer, and room to align them.
        scratchCount =
            tileRows > 0
            ? geometry.winogradScratch(tileRows: tileRows)
            : isHalved
                ? geometry.halvesScratch(width: blocks[0].width)
                : 2 + 2 * geometry.taps * (geometry.isDepthwise ? 2 : Int(OCK_F32_ROWS))
        pack(weights: weights, bias: bias)
    }

    /// What runs, for people: "gemm 12x32 AVX-512".
    public var kernelName: String {
        guard let block = blocks.first else {
            return (hasRowKernel ? "depthwise row " : "depthwise taps ") + kernels.name
        }
        let method = tileRows > 0 ? "winograd " : isHalved ? "halves " : "gemm "
        return method + "\(block.rows)x\(block.width) " + kernels.name
    }

    /// Computes all of it, shared among the threads of `pool`; nil computes in the calling thread alone.
    ///
    /// `input` and `output` point at the first channel of the first position of the whole tensors and do not
    /// overlap; thread `n`'s scratch begins at `scratch + n * scratchStride`, at least `scratchCount` floats further
    /// each. Allocates nothing.
    public func run(
        input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>,
        scratchStride: Int, pool: ThreadPool?
    ) {
        guard let pool else {
            run(
                input: input, output: output, scratch: scratch, rows: 0..<geometry.output.batch * geometry.output.height
            )
            return
        }
        if isHalved {
            runHalves(input, output, scratch, scratchStride, pool)
            return
        }
        let parts = ConvolutionParts(
            geometry, unit: positionsTogether, blocks: max(1, blocks.count),
            mayCutBlocks: geometry.groups == 1 && tileRows == 0, weights: packed.count, threads: pool.threads)
        pool.run(chunks: parts.count) { index, worker in
            run(parts.part(index), input, output, scratch + worker &* scratchStride)
        }
    }

    /// Computes `rows`, a range of batch * output.height; threads may share a convolution by dividing the rows.
    ///
    /// As above otherwise. Rows outside the output are left out.
    public func run(
        input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>,
        rows: Range<Int>
    ) {
        let rows = rows.clamped(to: 0..<geometry.output.batch * geometry.output.height)
        let positions = rows.lowerBound &* geometry.output.width..<rows.upperBound &* geometry.output.width
        run(ConvolutionPart(positions: positions, blocks: 0..<max(1, blocks.count)), input, output, scratch)
    }

    /// Output positions that one thread computes together: whole tiles, so that the bits do not depend on the threads.
    private var positionsTogether: Int {
        let row = geometry.output.width
        if tileRows > 0 { return geometry.output.batch > 1 ? geometry.output.height &* row : 4 &* row }
        return geometry.isPointwise ? 24 : row
    }

    func run(
        _ part: ConvolutionPart, _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>,
        _ scratch: UnsafeMutablePointer<Float>
    ) {
        let address = (UInt(bitPattern: scratch) &+ 7) & ~7
        guard !part.positions.isEmpty, let table = UnsafeMutablePointer<UnsafePointer<Float>?>(bitPattern: address)
        else { return }
        let width = geometry.output.width
        let rows = part.positions.lowerBound / width..<part.positions.upperBound / width
        if geometry.isDepthwise {
            runDepthwise(input, output, table, rows)
        } else if tileRows > 0 {
            runWinograd(input, output, table, rows)
        } else if isHalved {
            runHalves(input, output, table, part)
        } else {
            runProduct(input, output, table, part)
        }
    }
}
