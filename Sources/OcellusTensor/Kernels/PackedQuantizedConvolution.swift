// An int8 convolution made ready to run: weights in the order the kernels read them. The loops are in the extensions:
// +Product (dense and grouped), +Segments (where its inputs lie), +Winograd (dense 3x3) and +Depthwise.
import CKernels

/// Convolution of unsigned bytes with signed bytes, NHWC. Immutable: any number of threads may run it at once.
///
/// With x the input bytes, w the weights and 32-bit sums, for each output channel c:
///
///     sum = bias[c] + Σ x · w
///     y   = zeroPoint + nearestEven(min(max(Float(sum) · multiplier[c], lower − zeroPoint), upper − zeroPoint))
///
/// in float32, each step rounded on its own. Every kernel set gives the same bits. Zero points are the caller's
/// business: what they contribute is part of `bias`, and taps outside the input read the padding bytes.
public struct PackedQuantizedConvolution: Sendable {
    public enum Output: Sendable {
        /// Bytes, limited to `lower...upper`.
        case bytes(zeroPoint: UInt8, lower: UInt8, upper: UInt8)
        /// `Float(sum) · multiplier`, neither limited nor rounded. Output strides count floats.
        case floats
    }

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
    /// Bytes of scratch that each running thread needs.
    public let scratchCount: Int

    let isa: ock_i8_isa
    let finish: ock_i8_finish
    let layout: Layout
    /// Rows of 4x4 output tiles that are transformed together; 0 where Winograd's method is not used.
    let tileRows: Int
    /// Product: [group][block][segment][k / 4][width][4], some sets' as 16-bit numbers in pairs. Winograd:
    /// [point][block][channel / group][width][group]. Depthwise: as CKernelsInt8.h says, then the shifted copy.
    let packed: Buffer<Int8>
    let bias: Buffer<Int32>
    let multipliers: Buffer<Float>
    /// What taps outside the input read; repeated for kernels that read several pixels at once.
    let padding: Buffer<UInt8>
    /// Blocks of one group; empty for depthwise.
    let blocks: [Block]
    let packedPerGroup: Int
    let biasPerGroup: Int

    /// Packs `geometry.weightCount` weights [outputChannels, kernelHeight, kernelWidth, inputChannels / groups] in
    /// -127...127, `output.channels` of bias and multipliers (finite, above zero) and `input.channels` padding bytes.
    ///
    /// Throws `.invalidArgument` for sizes that contradict each other, for weights, multipliers and limits outside
    /// their ranges and for a channel whose sum could leave 32 bits, and `.outOfMemory`.
    public init(
        _ geometry: ConvolutionGeometry, weights: UnsafePointer<Int8>, bias: UnsafePointer<Int32>,
        multipliers: UnsafePointer<Float>, padding: UnsafePointer<UInt8>, output: Output, kernels: KernelSet = .best
    ) throws(OcellusError) {
        try geometry.validate()
        let reach = try PackedQuantizedConvolution.check(geometry, weights, bias, multipliers)
        self.geometry = geometry
        self.kernels = kernels
        finish = try PackedQuantizedConvolution.finish(output)
        // Left to the slow kernel: depthwise floats, because no network ends in one, and products so large that they
        // do not convert to integers, because no network that was quantised has any.
        let isOdd = finish.floats != 0 ? geometry.isDepthwise : reach.scaled > 0x7fff_ff00
        isa = isOdd ? OCK_I8_SCALAR : kernels.quantized
        let groups = geometry.isDepthwise ? 1 : geometry.groups
        let columns = geometry.output.channels / groups
        // Winograd's sums have 6 bits less.
        let isSmall = finish.floats == 0 && reach.sum < 1 << 25
        tileRows = isSmall ? geometry.quantizedWinogradTileRows(isa) : 0
        layout = Layout(geometry, isa, tileRows: tileRows)
        if geometry.isDepthwise {
            biasPerGroup = (columns + 63) / 64 * 64
            blocks = []
            packedPerGroup = layout.segments * biasPerGroup * (layout.group == 4 ? 2 : 1)
        } else {
            blocks = PackedQuantizedConvolution.split(columns, layout, isa)
            biasPerGroup = blocks.last.map { $0.column + $0.width } ?? 0
            packedPerGroup = biasPerGroup * layout.depth * layout.weightSize
        }
        packed = try Buffer(count: packedPerGroup * (tileRows > 0 ? PackedConvolution.winogradPoints : groups))
        self.bias = try Buffer(count: biasPerGroup * groups)
        self.multipliers = try Buffer(count: biasPerGroup * groups)
        let channels = geometry.input.channels
        let padded = max(channels * (layout.joinsTaps ? geometry.kernelWidth : 1), 2 * 64)
        self.padding = try Buffer(count: padded)
        for index in 0..<padded { self.padding.pointer[index] = padding[index % channels] }
        scratchCount = layout.scratchCount
        if geometry.isDepthwise {
            packDepthwise(weights, bias, multipliers)
        } else if tileRows > 0 {
            packWinograd(weights, bias, multipliers)
        } else {
            packProduct(weights, bias, multipliers)
        }
    }

    /// What runs, for people: "int8 gemm 12x32 AVX-512 VNNI".
    public var kernelName: String {
        guard let block = blocks.first else {
            let kind = hasColumnKernel ? "columns " : hasRowKernel ? "row " : "taps "
            return "int8 depthwise " + kind + kernels.name
        }
        let method = tileRows > 0 ? "winograd \(OCK_I8_WINOGRAD_TILES)" : "gemm \(block.rows)"
        return "int8 " + method + "x\(block.width) " + kernels.name
    }

    /// Computes all of it, shared among the threads of `pool`; nil computes in the calling thread alone.
    ///
    /// `input` and `output` point at the first channel of the first position of the whole tensors and do not overlap;
    /// 64 bytes behind the input can be read. `output` holds bytes, or aligned floats. Thread `n`'s scratch begins at
    /// `scratch + n * scratchStride`, at least `scratchCount` bytes further each. Allocates nothing.
    public func run(
        input: UnsafePointer<UInt8>, output: UnsafeMutableRawPointer, scratch: UnsafeMutablePointer<UInt8>,
        scratchStride: Int, pool: ThreadPool?
    ) {
        guard let pool else {
            run(
                input: input, output: output, scratch: scratch, rows: 0..<geometry.output.batch * geometry.output.height
            )
            return
        }
        let isFree = !geometry.isDepthwise && !layout.copiesWindows && tileRows == 0
        // Whole tiles, or whole rows.
        let unit = isFree && geometry.isPointwise ? blocks[0].rows : (tileRows > 0 ? 4 : 1) &* geometry.output.width
        let parts = ConvolutionParts(
            geometry, unit: unit, blocks: max(1, blocks.count), mayCutBlocks: isFree && geometry.groups == 1,
            weights: packed.count, threads: pool.threads)
        pool.run(chunks: parts.count) { index, worker in
            run(parts.part(index), input, output, scratch + worker &* scratchStride)
        }
    }

    /// Computes `rows`, a range of batch * output.height; threads may share a convolution by dividing the rows.
    ///
    /// As above otherwise. Rows outside the output are left out.
    public func run(
        input: UnsafePointer<UInt8>, output: UnsafeMutableRawPointer, scratch: UnsafeMutablePointer<UInt8>,
        rows: Range<Int>
    ) {
        let rows = rows.clamped(to: 0..<geometry.output.batch * geometry.output.height)
        let positions = rows.lowerBound &* geometry.output.width..<rows.upperBound &* geometry.output.width
        run(ConvolutionPart(positions: positions, blocks: 0..<max(1, blocks.count)), input, output, scratch)
    }

    private func run(
        _ part: ConvolutionPart, _ input: UnsafePointer<UInt8>, _ output: UnsafeMutableRawPointer,
        _ scratch: UnsafeMutablePointer<UInt8>
    ) {
        let address = (UInt(bitPattern: scratch) &+ 7) & ~7
        guard !part.positions.isEmpty, let table = UnsafeMutablePointer<UnsafePointer<UInt8>?>(bitPattern: address)
        else { return }
        let width = geometry.output.width
        let rows = part.positions.lowerBound / width..<part.positions.upperBound / width
        if geometry.isDepthwise {
            runDepthwise(input, output, table, rows)
        } else if tileRows > 0 {
            runWinograd(input, output, table, rows)
        } else {
            runProduct(input, output, table, part)
        }
    }

    var elementSize: Int { finish.floats != 0 ? 4 : 1 }
}
