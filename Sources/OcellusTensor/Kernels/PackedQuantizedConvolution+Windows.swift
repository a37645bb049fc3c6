// Int8 convolution of few channels, a picture's above all: the windows of an output row are copied one behind another,
// so that their bytes fill the kernels' groups of four or eight, and the row is a 1x1 product of those.
import CKernels

extension PackedQuantizedConvolution {
    /// `tile` has what all tiles share. The copies lie behind the pointer table.
    @_optimize(speed)
    func runWindows(
        _ tile: inout ock_i8_tile, _ input: UnsafePointer<UInt8>, _ output: UnsafeMutableRawPointer,
        _ table: UnsafeMutablePointer<UnsafePointer<UInt8>?>, _ rows: Range<Int>
    ) {
        let g = geometry
        let windows = UnsafeMutableRawPointer(table + Int(OCK_I8_ROWS))
        table[0] = UnsafePointer(windows.assumingMemoryBound(to: UInt8.self))
        tile.rows = g.output.width
        tile.next = nil
        for row in rows {
            copyWindows(to: windows, of: row, input)
            let out = output + row &* g.output.width &* g.outputStride &* elementSize
            for index in 0..<blocks.count {
                let block = blocks[index]
                tile.packed = UnsafeRawPointer(packed.pointer + block.packedOffset)
                tile.bias = UnsafePointer(bias.pointer + block.column)
                tile.multipliers = UnsafePointer(multipliers.pointer + block.column)
                tile.width = block.width
                tile.columns = block.columns
                tile.out = out + block.column &* elementSize
                ock_i8_gemm_rows(isa, &tile, layout.pitch)
            }
        }
    }

    /// Columns whose windows lie inside the picture at once, those that cross a side tap by tap.
    @_optimize(speed)
    private func copyWindows(to windows: UnsafeMutableRawPointer, of row: Int, _ input: UnsafePointer<UInt8>) {
        let g = geometry
        let image = input + row / g.output.height &* g.input.height &* g.input.width &* g.input.channels
        let top = row % g.output.height &* g.strideHeight &- g.paddingTop
        let width = g.output.width
        let inner = min((g.paddingLeft &+ g.strideWidth &- 1) / g.strideWidth, width)
        let behind = g.input.width &- g.kernelWidth &+ g.paddingLeft
        let innerEnd = behind < 0 ? inner : max(inner, min(width, behind / g.strideWidth &+ 1))
        // In this order: each copy writes a little into what the next one writes whole.
        for column in 0..<inner { copyEdge(windows, column, top, image) }
        if inner < innerEnd { copyInside(windows, inner..<innerEnd, top, image) }
        for column in innerEnd..<width { copyEdge(windows, column, top, image) }
    }

    @_optimize(speed)
    private func copyInside(
        _ windows: UnsafeMutableRawPointer, _ columns: Range<Int>, _ top: Int, _ image: UnsafePointer<UInt8>
    ) {
        let g = geometry
        let channels = g.input.channels
        let left = columns.lowerBound &* g.strideWidth &- g.paddingLeft
        var copy = ock_i8_windows()
        copy.high = g.kernelHeight
        copy.run = g.kernelWidth &* channels
        copy.pitch = layout.pitch
        copy.count = columns.count
        copy.to = (windows + columns.lowerBound &* layout.pitch).assumingMemoryBound(to: UInt8.self)
        withUnsafeMutableBytes(of: &copy) { bytes in
            // C arrays are tuples here; both are at the front, one behind the other.
            guard let base = bytes.baseAddress else { return }
            let rows = base.assumingMemoryBound(to: UnsafePointer<UInt8>?.self)
            let steps = (base + Int(OCK_I8_WINDOW_RUNS) &* 8).assumingMemoryBound(to: Int.self)
            for kernelRow in 0..<g.kernelHeight {
                let y = top &+ kernelRow &* g.dilationHeight
                let inside = y >= 0 && y < g.input.height
                rows[kernelRow] =
                    inside
                    ? image + (y &* g.input.width &+ left) &* channels : UnsafePointer(padding.pointer)
                steps[kernelRow] = inside ? g.strideWidth &* channels : 0
            }
        }
        ock_i8_copy_windows(isa, &copy)
    }

    @_optimize(speed)
    private func copyEdge(
        _ windows: UnsafeMutableRawPointer, _ column: Int, _ top: Int, _ image: UnsafePointer<UInt8>
    ) {
        let g = geometry
        let channels = g.input.channels
        var to = (windows + column &* layout.pitch).assumingMemoryBound(to: UInt8.self)
        for kernelRow in 0..<g.kernelHeight {
            let y = top &+ kernelRow &* g.dilationHeight
            for tap in 0..<g.kernelWidth {
                let x = column &* g.strideWidth &- g.paddingLeft &+ tap
                let inside = y >= 0 && y < g.input.height && x >= 0 && x < g.input.width
                let from = inside ? image + (y &* g.input.width &+ x) &* channels : UnsafePointer(padding.pointer)
                for channel in 0..<channels { to[channel] = from[channel] }
                to += channels
            }
        }
    }
}
