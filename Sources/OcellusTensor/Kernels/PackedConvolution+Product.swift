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
                    rows: ock_f32_tile_rows(instructions, width), packedOffset: column * depth))
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
        tile.a = UnsafePointer(table)
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
                    runBlock(
                        &tile, input + group &* channels, output + (group &* columns &+ block.column), table,
                        chunk, chunkEnd, block.rows)
                }
            }
            chunk = chunkEnd
        }
    }

    /// All tiles of one block of channels between two output positions.
    @_optimize(speed)
    private func runBlock(
        _ tile: inout ock_f32_tile, _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>,
        _ table: UnsafeMutablePointer<UnsafePointer<Float>?>, _ start: Int, _ end: Int, _ most: Int
    ) {
        let channels = geometry.input.channels / geometry.groups
        let pointwise = geometry.isPointwise
        // Large weights come from far: each tile fetches its share of the next block. Else the next tile's input.
        let streamsWeights = packedPerGroup > 1 << 16
        let slice = geometry.taps &* channels &* 16
        var position = start
        var place = pointwise ? OutputPlace(x: 0, y: 0, image: input) : geometry.place(start, input)
        while position < end {
            let left = end &- position
            // Two even tiles at the end instead of a full one and a sliver.
            tile.rows = left <= most ? left : left < 2 &* most ? (left &+ 1) >> 1 : most
            if pointwise {
                let first = input + position &* geometry.inputStride
                for row in 0..<tile.rows { table[row] = first + row &* geometry.inputStride }
                tile.segments = 1
                tile.span = channels
            } else {
                var next = place
                if fillRuns(table, &next, tile.rows) {
                    tile.segments = geometry.kernelHeight
                    tile.span = geometry.kernelWidth &* channels
                } else {
                    next = place
                    fillTaps(table, &next, tile.rows)
                    tile.segments = geometry.taps
                    tile.span = channels
                }
                place = next
            }
            tile.next =
                streamsWeights
                ? tile.packed + (tile.width &* geometry.taps &* channels &+ (position &- start) / most &* slice)
                : input + (position &+ tile.rows) &* geometry.inputStride
            tile.out = output + position &* geometry.outputStride
            ock_f32_gemm(kernels.instructions, &tile)
            position &+= tile.rows
        }
    }

    /// Positions whose input stays in the second-level cache while all blocks of channels pass over it.
    private var positionsPerChunk: Int {
        let floats = geometry.input.channels * geometry.strideHeight * geometry.strideWidth
        return max(2, (packedPerGroup > 1 << 16 ? 1 << 17 : 1 << 16) / floats / 24) * 24
    }
}
