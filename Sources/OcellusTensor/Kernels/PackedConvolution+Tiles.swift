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
        let whole = block.isWidest ? rows / block.rows : 0
        if whole > 0 {
            tile.rows = whole &* block.rows
            ock_f32_gemm(kernels.instructions, &tile)
            ock_f32_advance(&tile, whole, block.rows)
        }
        tile.a = UnsafePointer(table)
        var left = rows &- whole &* block.rows
        while left > 0 {
            tile.rows = min(block.rows, left)
            for segment in 0..<tile.segments {
                let source = tile.first + segment &* tile.segment_step
                let entries = table + segment &* Int(OCK_F32_ROWS)
                for row in 0..<tile.rows { entries[row] = source + row &* tile.row_step }
            }
            ock_f32_gemm(kernels.instructions, &tile)
            ock_f32_advance(&tile, 1, block.rows)
            left &-= block.rows
        }
    }
}
