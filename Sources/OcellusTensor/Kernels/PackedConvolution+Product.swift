// Dense and grouped convolution as a matrix product without a copy of the input: a tile is a few consecutive output
// positions times a block of channels, and each position is a list of pointers to runs of contiguous input floats.
// (M. Dukhan, "The Indirect Convolution Algorithm", 2019.)
import CKernels

extension PackedConvolution {
    /// Blocks of the widest kind, and the narrowest that holds what is left: half-empty wide vectors are still
    /// faster than two narrow blocks, which load as much for half the arithmetic.
    static func split(_ columns: Int, depth: Int, for instructions: ock_isa) -> [Block] {
        var blocks: [Block] = []
        var column = 0
        while column < columns {
            let left = columns - column
            var width = ock_f32_tile_width(instructions, 0)
            var index = 1
            while ock_f32_tile_width(instructions, index) >= left {
                width = ock_f32_tile_width(instructions, index)
                index += 1
            }
            blocks.append(
                Block(
                    column: column, columns: min(width, left), width: width,
                    rows: ock_f32_tile_rows(instructions, width), packedOffset: column * depth,
                    isWidest: width == ock_f32_tile_width(instructions, 0)))
            column += width
        }
        return blocks
    }

    @_optimize(speed)
    func packProduct(_ weights: UnsafePointer<Float>) {
        let depth = geometry.taps * (geometry.input.channels / geometry.groups)
        let columns = geometry.output.channels / geometry.groups
        for group in 0..<geometry.groups {
            for block in blocks {
                let to = packed.pointer + group * packedPerGroup + block.packedOffset
                for column in 0..<block.columns {
                    let from = weights + (group * columns + block.column + column) * depth
                    for k in 0..<depth { to[k * block.width + column] = from[k] }
                }
            }
        }
    }

    @_optimize(speed)
    func runProduct(
        _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>,
        _ table: UnsafeMutablePointer<UnsafePointer<Float>?>, _ part: ConvolutionPart
    ) {
        let end = part.positions.upperBound
        var chunk = part.positions.lowerBound
        let chunkSize = blocks.count == 1 && geometry.groups == 1 ? end : positionsPerChunk
        let channels = geometry.input.channels / geometry.groups
        let columns = geometry.output.channels / geometry.groups
        var tile = ock_f32_tile()
        tile.out_stride = geometry.outputStride
        tile.lower = clamp.lower
        tile.upper = clamp.upper
        tile.slope = clamp.leakySlope ?? 1
        while chunk < end {
            let chunkEnd = min(chunk &+ chunkSize, end)
            for group in 0..<geometry.groups {
                for index in part.blocks {
                    let block = blocks[index]
                    tile.packed = UnsafePointer(packed.pointer + (group &* packedPerGroup &+ block.packedOffset))
                    tile.bias = UnsafePointer(bias.pointer + (group &* biasPerGroup &+ block.column))
                    tile.width = block.width
                    tile.columns = block.columns
                    let (from, to) = (input + group &* channels, output + (group &* columns &+ block.column))
                    if geometry.isPointwise {
                        tile.out = to + chunk &* geometry.outputStride
                        tile.first = from + chunk &* geometry.inputStride
                        runEven(tile, chunkEnd &- chunk, block, table, tilesBefore: 0)
                    } else {
                        runWindows(tile, from, to, table, chunk, chunkEnd, block)
                    }
                }
            }
            chunk = chunkEnd
        }
    }

    /// Positions whose windows lie equally far apart. Large weights come from far: each tile fetches its share of the next
    /// block. Else the next tile's input.
    @_optimize(speed)
    func runEven(
        _ tile: ock_f32_tile, _ count: Int, _ block: Block, _ table: UnsafeMutablePointer<UnsafePointer<Float>?>,
        tilesBefore: Int
    ) {
        let channels = geometry.input.channels / geometry.groups
        var tile = tile
        tile.segments = geometry.kernelHeight
        tile.span = geometry.kernelWidth &* channels
        tile.segment_step = geometry.windowRowStep
        tile.row_step = geometry.windowStep
        if streamsWeights {
            tile.next_step = geometry.taps &* channels &* 16
            tile.next = nextBlock(tile, tilesBefore)
        } else {
            tile.next_step = block.rows &* tile.row_step
            tile.next = tile.first + tile.next_step
        }
        multiply(tile, rows: count, block, table)
    }

    /// The next block's share that a tile fetches, `tilesBefore` others having begun.
    func nextBlock(_ tile: ock_f32_tile, _ tilesBefore: Int) -> UnsafePointer<Float> {
        let depth = geometry.taps &* (geometry.input.channels / geometry.groups)
        return tile.packed + (tile.width &+ tilesBefore &* 16) &* depth
    }

    var streamsWeights: Bool { packedPerGroup > 1 << 16 }

    /// Positions whose input stays in the second-level cache while all blocks of channels pass over it.
    private var positionsPerChunk: Int {
        let floats = geometry.input.channels * geometry.strideHeight * geometry.strideWidth
        return max(2, (streamsWeights ? 1 << 17 : 1 << 16) / floats / 24) * 24
    }
}
