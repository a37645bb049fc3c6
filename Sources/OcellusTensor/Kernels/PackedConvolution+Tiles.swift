// Products of rows that are equally far apart in memory, cut into the kernels' tiles.
import CKernels

extension PackedConvolution {
    /// All `rows` of a product whose `tile` says where they lie without a table: whole tiles in one call, so that nothing is
    /// looked up between them, and what is left through the table.
    @_optimize(speed)
    func multiply(
        _ tile: ock_f32_tile, rows: Int, _ block: Block, _ table: UnsafeMutablePointer<UnsafePointer<Float>?>
    ) {
        var tile = tile
        var done = 0
        if block.isWidest {
            tile.rows = rows / block.rows &* block.rows
            if tile.rows > 0 { ock_f32_gemm(kernels.instructions, &tile) }
            done = tile.rows
            skip(&tile, tiles: rows / block.rows, block)
        }
        tile.a = UnsafePointer(table)
        while done < rows {
            tile.rows = min(block.rows, rows &- done)
            for segment in 0..<tile.segments {
                let source = tile.first + segment &* tile.segment_step
                let entries = table + segment &* Int(OCK_F32_ROWS)
                for row in 0..<tile.rows { entries[row] = source + row &* tile.row_step }
            }
            ock_f32_gemm(kernels.instructions, &tile)
            done &+= tile.rows
            skip(&tile, tiles: 1, block)
        }
    }

    @inline(__always)
    private func skip(_ tile: inout ock_f32_tile, tiles: Int, _ block: Block) {
        let rows = tiles &* block.rows
        tile.first += rows &* tile.row_step
        tile.out += rows &* tile.out_stride
        tile.next += tiles &* tile.next_step
        if let added = tile.add.0 { tile.add.0 = added + rows &* tile.add_stride }
        if let added = tile.add.1 { tile.add.1 = added + rows &* tile.add_stride }
    }
}
