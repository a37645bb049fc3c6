// The windows of a convolution as rows of a product: evenly spaced along a row of the output, through the table at its edges.
import CKernels

extension PackedConvolution {
    /// All tiles of one block of channels between two output positions.
    @_optimize(speed)
    func runWindows(
        _ tile: ock_f32_tile, _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>,
        _ table: UnsafeMutablePointer<UnsafePointer<Float>?>, _ start: Int, _ end: Int, _ block: Block
    ) {
        let channels = geometry.input.channels / geometry.groups
        // Where rows are long, those tiles that need a table end where it goes on without.
        let isLong = geometry.output.width >= 4 &* block.rows
        var tile = tile
        var position = start
        var place = geometry.place(start, input)
        while position < end {
            tile.out = output + position &* geometry.outputStride
            let tilesBefore = (position &- start) / block.rows
            let run = min(geometry.evenRun(place), end &- position)
            if run >= block.rows {
                tile.first = geometry.window(place)
                runEven(tile, run, block, table, tilesBefore: tilesBefore)
                position &+= run
                place.x &+= run &- 1
                geometry.advance(&place)
                continue
            }
            tile.rows = min(block.rows, end &- position)
            if isLong { tile.rows = min(tile.rows, geometry.edge(place)) }
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
            tile.a = UnsafePointer(table)
            tile.next =
                streamsWeights
                ? nextBlock(tile, tilesBefore) : input + (position &+ tile.rows) &* geometry.inputStride
            ock_f32_gemm(kernels.instructions, &tile)
            tile.a = nil
            position &+= tile.rows
        }
    }
}
