// Dense 3x3 convolution by Winograd's F(4x4, 3x3): 6x6 inputs are transformed, multiplied with transformed weights in 36
// matrix products over the channels, and transformed back to 4x4 outputs. (Lavin and Gray, arXiv 1509.09308.)
import CKernels

extension ConvolutionGeometry {
    /// Floats: a pointer table, transformed inputs and sums, and room to align them.
    func winogradScratch(tileRows: Int) -> Int {
        2 * PackedConvolution.winogradPoints + 2 + 32 + PackedConvolution.winogradPoints * tileRows
            * winogradTilesInRow * (input.channels + output.channels)
    }
}

extension PackedConvolution {
    static var winogradPoints: Int { 36 }

    /// G g for three weights.
    @inline(__always)
    private static func spread(_ a: Float, _ b: Float, _ c: Float) -> WinogradPoints<Float> {
        let (sum, far) = ((a + c) / -6, a / 24 + c / 6)
        return (a / 4, sum - b / 6, sum + b / 6, far + b / 12, far - b / 12, c)
    }

    /// [point][block][input channel][width] of G g G^T.
    @_optimize(speed)
    func packWinograd(_ weights: UnsafePointer<Float>) {
        let channels = geometry.input.channels
        for block in blocks {
            for column in 0..<block.columns {
                let from = weights + (block.column &+ column) &* 9 &* channels
                for channel in 0..<channels {
                    spreadWinogradWeights(
                        { from[$0 &* channels &+ channel] },
                        to: packed.pointer + (block.packedOffset &+ channel &* block.width &+ column),
                        plane: packedPerGroup, by: PackedConvolution.spread)
                }
            }
        }
    }

    /// Tiles between two output rows of one image, and where their transforms lie.
    private struct Band {
        var image: UnsafePointer<Float>
        var rows: Range<Int>
        var tiles: Int
        var inputs: UnsafeMutablePointer<Float>
        var sums: UnsafeMutablePointer<Float>
    }

    @_optimize(speed)
    func runWinograd(
        _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>,
        _ table: UnsafeMutablePointer<UnsafePointer<Float>?>, _ rows: Range<Int>
    ) {
        let g = geometry
        let most = tileRows &* g.winogradTilesInRow &* PackedConvolution.winogradPoints
        let address = (UInt(bitPattern: table + PackedConvolution.winogradPoints) &+ 63) & ~63
        guard let inputs = UnsafeMutablePointer<Float>(bitPattern: address) else { return }
        let sums = inputs + most &* g.input.channels
        g.forEachWinogradBand(rows, tileRows: tileRows) { image, inImage, tiles in
            let band = Band(
                image: input + image &* g.input.height &* g.input.width &* g.inputStride,
                rows: inImage, tiles: tiles, inputs: inputs, sums: sums)
            transformInputs(band, table)
            multiplyPoints(band, table)
            transformSums(band, output + image &* g.output.height &* g.output.width &* g.outputStride)
        }
    }

    @_optimize(speed)
    private func transformInputs(_ band: Band, _ table: UnsafeMutablePointer<UnsafePointer<Float>?>) {
        let g = geometry
        let outside = UnsafePointer(zeros.pointer)
        var tile = ock_f32_winograd_input()
        tile.in = UnsafePointer(table)
        tile.out = band.inputs
        tile.channels = g.input.channels
        tile.plane = band.tiles &* g.input.channels
        for top in stride(from: band.rows.lowerBound, to: band.rows.upperBound, by: 4) {
            for left in stride(from: 0, to: g.output.width, by: 4) {
                g.fillWinogradWindow(table, band.image, top: top, left: left, outside: outside)
                ock_f32_winograd_input_tile(kernels.instructions, &tile)
                tile.out += g.input.channels
            }
        }
    }

    /// Sums over the input channels, a matrix product a point: [tiles, inputs] x [inputs, outputs].
    @_optimize(speed)
    private func multiplyPoints(_ band: Band, _ table: UnsafeMutablePointer<UnsafePointer<Float>?>) {
        let channels = geometry.input.channels
        let outputs = geometry.output.channels
        var tile = ock_f32_tile()
        tile.segments = 1
        tile.span = channels
        tile.row_step = channels
        tile.next_step = channels &* 16
        tile.bias = UnsafePointer(zeros.pointer)
        tile.out_stride = outputs
        tile.lower = -.infinity
        tile.upper = .infinity
        tile.slope = 1
        for point in 0..<PackedConvolution.winogradPoints {
            let inputs = UnsafePointer(band.inputs + point &* band.tiles &* channels)
            let sums = band.sums + point &* band.tiles &* outputs
            for index in 0..<blocks.count {
                let block = blocks[index]
                tile.packed = UnsafePointer(packed.pointer + (point &* packedPerGroup &+ block.packedOffset))
                tile.next = tile.packed + block.width &* channels
                tile.width = block.width
                tile.columns = block.columns
                tile.first = inputs
                tile.out = sums + block.column
                multiply(tile, rows: band.tiles, block, table)
            }
        }
    }

    @_optimize(speed)
    private func transformSums(_ band: Band, _ image: UnsafeMutablePointer<Float>) {
        let g = geometry
        var tile = ock_f32_winograd_output()
        tile.in = UnsafePointer(band.sums)
        tile.channels = g.output.channels
        tile.plane = band.tiles &* g.output.channels
        tile.bias = UnsafePointer(bias.pointer)
        tile.out_stride = g.outputStride
        tile.out_row = g.output.width &* g.outputStride
        tile.lower = clamp.lower
        tile.upper = clamp.upper
        tile.slope = clamp.leakySlope ?? 1
        for top in stride(from: band.rows.lowerBound, to: band.rows.upperBound, by: 4) {
            tile.rows = min(4, band.rows.upperBound &- top)
            for left in stride(from: 0, to: g.output.width, by: 4) {
                tile.columns = min(4, g.output.width &- left)
                tile.out = image + (top &* g.output.width &+ left) &* g.outputStride
                ock_f32_winograd_output_tile(kernels.instructions, &tile)
                tile.in += g.output.channels
            }
        }
    }
}
