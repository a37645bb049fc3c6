// Dense and grouped int8 convolution as a matrix product without a copy of the input, as in PackedConvolution+Product:
// a tile is a few consecutive output positions times a block of channels.
import CKernels

extension PackedQuantizedConvolution {
    /// The narrowest width that holds all columns, or the widest.
    static func firstWidth(_ columns: Int, _ isa: ock_i8_isa) -> Int {
        var index = 0
        while ock_i8_tile_width(isa, index + 1) >= columns { index += 1 }
        return ock_i8_tile_width(isa, index)
    }

    /// Blocks of the widest kind, and the narrowest of the same grouping that holds what is left.
    static func split(_ columns: Int, _ layout: Layout, _ isa: ock_i8_isa) -> [Block] {
        var blocks: [Block] = []
        var column = 0
        while column < columns {
            let left = columns - column
            var width = firstWidth(columns, isa)
            var index = 0
            while ock_i8_tile_width(isa, index) >= left {
                let narrower = ock_i8_tile_width(isa, index)
                if ock_i8_tile_group(isa, narrower) == layout.group { width = narrower }
                index += 1
            }
            blocks.append(
                Block(
                    column: column, columns: min(width, left), width: width,
                    rows: ock_i8_tile_rows(isa, width), packedOffset: column * layout.depth * layout.weightSize))
            column += width
        }
        return blocks
    }

    @_optimize(speed)
    func packProduct(
        _ weights: UnsafePointer<Int8>, _ bias: UnsafePointer<Int32>, _ multipliers: UnsafePointer<Float>
    ) {
        let depth = layout.segments * layout.span
        let columns = geometry.output.channels / geometry.groups
        let centred = ock_i8_centred(isa) != 0
        let isWide = ock_i8_weight_size(isa) == 2
        // Groups are 1, 2, 4 or 8 wide; divisions would take longer than everything else at start-up.
        let (shift, mask) = (layout.group.trailingZeroBitCount, layout.group - 1)
        for output in 0..<geometry.output.channels {
            let column = output % columns
            let place = output / columns * biasPerGroup + column
            var sum: Int32 = 0
            for block in blocks where column >= block.column && column < block.column + block.columns {
                let to = packed.pointer + output / columns * packedPerGroup + block.packedOffset
                let wide = UnsafeMutableRawPointer(to).assumingMemoryBound(to: Int16.self)
                let from = weights + output * depth
                var index = 0
                for segment in 0..<layout.segments {
                    for k in segment &* layout.pitch..<segment &* layout.pitch &+ layout.span {
                        let place = ((k >> shift) &* block.width &+ column &- block.column) << shift
                        if isWide {
                            wide[place &+ (k & mask)] = Int16(from[index])
                        } else {
                            to[place &+ (k & mask)] = from[index]
                        }
                        sum &+= Int32(from[index])
                        index &+= 1
                    }
                }
            }
            // Modulo 2^32, as the kernels add: what passes the ends on the way comes back.
            self.bias.pointer[place] = centred ? bias[output] &+ 128 &* sum : bias[output]
            self.multipliers.pointer[place] = multipliers[output]
        }
    }

    @_optimize(speed)
    func runProduct(
        _ input: UnsafePointer<UInt8>, _ output: UnsafeMutableRawPointer,
        _ table: UnsafeMutablePointer<UnsafePointer<UInt8>?>, _ part: ConvolutionPart
    ) {
        let width = geometry.output.width
        let rows = part.positions.lowerBound / width..<part.positions.upperBound / width
        var tile = ock_i8_tile()
        tile.a = UnsafePointer(table)
        tile.segments = layout.segments
        tile.span = layout.span
        tile.out_stride = geometry.outputStride
        tile.finish = finish
        if layout.copiesWindows {
            runWindows(&tile, input, output, table, rows)
        } else if layout.bandRows > 0 {
            runBands(&tile, input, output, table, rows, part.blocks)
        } else {
            runBlocks(&tile, geometry, input, output, table, part)
        }
    }

    /// All tiles of output positions, as `geometry` counts them: of the whole output or of a band of it.
    @_optimize(speed)
    func runBlocks(
        _ tile: inout ock_i8_tile, _ geometry: ConvolutionGeometry, _ input: UnsafePointer<UInt8>,
        _ output: UnsafeMutableRawPointer, _ table: UnsafeMutablePointer<UnsafePointer<UInt8>?>,
        _ part: ConvolutionPart
    ) {
        let end = part.positions.upperBound
        var chunk = part.positions.lowerBound
        let chunkSize = blocks.count == 1 && geometry.groups == 1 ? end : positionsPerChunk
        let columns = geometry.output.channels / geometry.groups
        while chunk < end {
            let chunkEnd = min(chunk &+ chunkSize, end)
            for group in 0..<geometry.groups {
                for index in part.blocks {
                    let block = blocks[index]
                    let channel = group &* biasPerGroup &+ block.column
                    tile.packed = UnsafeRawPointer(packed.pointer + (group &* packedPerGroup &+ block.packedOffset))
                    tile.bias = UnsafePointer(bias.pointer + channel)
                    tile.multipliers = UnsafePointer(multipliers.pointer + channel)
                    tile.width = block.width
                    tile.columns = block.columns
                    runBlock(
                        &tile, geometry, input, group, output + (group &* columns &+ block.column) &* elementSize,
                        table, chunk..<chunkEnd, block.rows)
                }
            }
            chunk = chunkEnd
        }
    }

    /// All tiles of one block of channels between two output positions.
    @_optimize(speed)
    private func runBlock(
        _ tile: inout ock_i8_tile, _ geometry: ConvolutionGeometry, _ input: UnsafePointer<UInt8>, _ group: Int,
        _ output: UnsafeMutableRawPointer, _ table: UnsafeMutablePointer<UnsafePointer<UInt8>?>,
        _ positions: Range<Int>, _ most: Int
    ) {
        let channels = geometry.input.channels / geometry.groups
        let input = input + group &* channels
        let padding = UnsafePointer(self.padding.pointer + group &* channels)
        let step = geometry.outputStride &* elementSize
        // Large weights come from far: each tile fetches its share of the next block. Else the next tile's input.
        let streamsWeights = packedPerGroup > 1 << 18
        let blockSize = tile.width &* layout.depth &* ock_i8_weight_size(isa)
        let slice = layout.depth &* 16
        let end = positions.upperBound
        var position = positions.lowerBound
        if geometry.isPointwise {
            table[0] = input + position &* geometry.inputStride
            tile.rows = end &- position
            tile.next = streamsWeights ? tile.packed + blockSize : nil
            tile.out = output + position &* step
            ock_i8_gemm_rows(isa, &tile, geometry.inputStride)
            return
        }
        var place = geometry.place(position, input)
        while position < end {
            let left = end &- position
            // Two even tiles at the end instead of a full one and a sliver.
            tile.rows = left <= most ? left : left < 2 &* most ? (left &+ 1) >> 1 : most
            if layout.joinsTaps {
                geometry.fillRuns(table, &place, tile.rows)
            } else {
                fillTaps(table, &place, tile.rows, padding)
            }
            tile.next =
                streamsWeights
                ? tile.packed + (blockSize &+ (position &- positions.lowerBound) / most &* slice)
                : UnsafeRawPointer(input + (position &+ tile.rows) &* geometry.inputStride)
            tile.out = output + position &* step
            ock_i8_gemm(isa, &tile)
            position &+= tile.rows
        }
    }

    /// Positions whose input stays in the second-level cache while all blocks of channels pass over it.
    private var positionsPerChunk: Int {
        let bytes = geometry.input.channels * geometry.strideHeight * geometry.strideWidth
        return max(2, (packedPerGroup > 1 << 18 ? 1 << 19 : 1 << 17) / bytes / 24) * 24
    }
}
