// Dense 3x3 int8 convolution by Winograd's F(4x4, 3x3) in whole numbers, as PackedConvolution+Winograd is in floats. The
// sums are those of the direct way, bit for bit. Why they are exact: docs/quantization.md.
import CKernels

extension ConvolutionGeometry {
    /// Bytes: a pointer table, transformed inputs and sums, and room to align them.
    func quantizedWinogradScratch(tileRows: Int) -> Int {
        let points = PackedConvolution.winogradPoints
        let tiles = points * tileRows * winogradTilesInRow
        return 8 * points + 8 + 128 + tiles * (2 * input.channels + 4 * output.channels)
    }

    /// Rows of tiles that are transformed together; 0 where a set has no whole-number Winograd for these channels, or where it
    /// takes longer than the direct way.
    func quantizedWinogradTileRows(_ isa: ock_i8_isa) -> Int {
        let multiple = ock_i8_winograd_channels(isa)
        guard multiple > 0, input.channels % multiple == 0 else { return 0 }
        // Products of bytes are twice as fast with VNNI: half of what is saved is left, too little where tiles overhang far.
        let covered = (output.height + 3) / 4 * winogradTilesInRow * 16
        let overhangs = covered * 5 > output.height * output.width * 6
        return isa == OCK_I8_VNNI && overhangs ? 0 : winogradTileRows(tiles: 2 * Int(OCK_I8_WINOGRAD_TILES))
    }
}

extension PackedQuantizedConvolution {
    /// s G g for three weights: the factors 24, and 12 for the last, make them whole. (14)
    @inline(__always)
    private static func spread(_ a: Int16, _ b: Int16, _ c: Int16) -> WinogradPoints<Int16> {
        let (even, odd) = (a &+ 4 &* c, 2 &* b)
        return (6 &* a, -4 &* (a &+ b &+ c), 4 &* (b &- a &- c), even &+ odd, even &- odd, 12 &* c)
    }

    @_optimize(speed)
    func packWinograd(
        _ weights: UnsafePointer<Int8>, _ bias: UnsafePointer<Int32>, _ multipliers: UnsafePointer<Float>
    ) {
        let channels = geometry.input.channels
        let plane = packedPerGroup / 2
        // Channels side by side are 1 or 2.
        let shift = ock_i8_winograd_group(isa) - 1
        for output in 0..<geometry.output.channels {
            self.bias.pointer[output] = bias[output]
            self.multipliers.pointer[output] = multipliers[output]
        }
        for block in blocks {
            let start = UnsafeMutableRawPointer(packed.pointer + block.packedOffset)
                .assumingMemoryBound(to: Int16.self)
            for column in 0..<block.columns {
                let from = weights + (block.column &+ column) &* 9 &* channels
                for channel in 0..<channels {
                    let row = (channel >> shift) &* block.width &+ column
                    spreadWinogradWeights(
                        { Int16(from[$0 &* channels &+ channel]) }, to: start + (row << shift &+ channel & shift),
                        plane: plane, by: PackedQuantizedConvolution.spread)
                }
            }
        }
    }

    /// Tiles between two output rows of one image, and where their transforms lie.
    private struct Band {
        var image: UnsafePointer<UInt8>
        var rows: Range<Int>
        var tiles: Int
        var inputs: UnsafeMutablePointer<Int16>
        var sums: UnsafeMutablePointer<Int32>
    }

    @_optimize(speed)
    func runWinograd(
        _ input: UnsafePointer<UInt8>, _ output: UnsafeMutableRawPointer,
        _ table: UnsafeMutablePointer<UnsafePointer<UInt8>?>, _ rows: Range<Int>
    ) {
        let g = geometry
        let most = tileRows &* g.winogradTilesInRow &* PackedConvolution.winogradPoints
        let address = (UInt(bitPattern: table + PackedConvolution.winogradPoints) &+ 63) & ~63
        guard let memory = UnsafeMutableRawPointer(bitPattern: address) else { return }
        let inputs = memory.assumingMemoryBound(to: Int16.self)
        let sums = UnsafeMutableRawPointer(inputs + most &* g.input.channels).assumingMemoryBound(to: Int32.self)
        g.forEachWinogradBand(rows, tileRows: tileRows) { image, inImage, tiles in
            let band = Band(
                image: input + image &* g.input.height &* g.input.width &* g.inputStride,
                rows: inImage, tiles: tiles, inputs: inputs, sums: sums)
            transformInputs(band, table)
            multiplyPoints(band)
            transformSums(band, output + image &* g.output.height &* g.output.width &* g.outputStride)
        }
    }

    @_optimize(speed)
    private func transformInputs(_ band: Band, _ table: UnsafeMutablePointer<UnsafePointer<UInt8>?>) {
        let g = geometry
        let outside = UnsafePointer(padding.pointer)
        var tile = ock_i8_winograd_input()
        tile.in = UnsafePointer(table)
        tile.out = band.inputs
        tile.channels = g.input.channels
        tile.plane = band.tiles &* g.input.channels
        for top in stride(from: band.rows.lowerBound, to: band.rows.upperBound, by: 4) {
            for left in stride(from: 0, to: g.output.width, by: 4) {
                g.fillWinogradWindow(table, band.image, top: top, left: left, outside: outside)
                ock_i8_winograd_input_tile(isa, &tile)
                tile.out += g.input.channels
            }
        }
    }

    /// Sums over the input channels, a matrix product a point: [tiles, inputs] x [inputs, outputs].
    @_optimize(speed)
    private func multiplyPoints(_ band: Band) {
        let outputs = geometry.output.channels
        var product = ock_i8_winograd_product()
        product.channels = geometry.input.channels
        product.tiles = band.tiles
        product.out_stride = outputs
        for point in 0..<PackedConvolution.winogradPoints {
            product.a = UnsafePointer(band.inputs + point &* band.tiles &* product.channels)
            let weights = packed.pointer + point &* packedPerGroup
            for index in 0..<blocks.count {
                let block = blocks[index]
                product.packed = UnsafeRawPointer(weights + block.packedOffset).assumingMemoryBound(to: Int16.self)
                product.width = block.width
                product.out = band.sums + (point &* band.tiles &* outputs &+ block.column)
                ock_i8_winograd_products(isa, &product)
            }
        }
    }

    @_optimize(speed)
    private func transformSums(_ band: Band, _ image: UnsafeMutableRawPointer) {
        let g = geometry
        var tile = ock_i8_winograd_output()
        tile.in = UnsafePointer(band.sums)
        tile.channels = g.output.channels
        tile.plane = band.tiles &* g.output.channels
        tile.bias = UnsafePointer(bias.pointer)
        tile.multipliers = UnsafePointer(multipliers.pointer)
        tile.out_stride = g.outputStride
        tile.out_row = g.output.width &* g.outputStride
        tile.finish = finish
        for top in stride(from: band.rows.lowerBound, to: band.rows.upperBound, by: 4) {
            tile.rows = min(4, band.rows.upperBound &- top)
            for left in stride(from: 0, to: g.output.width, by: 4) {
                tile.columns = min(4, g.output.width &- left)
                tile.out = (image + (top &* g.output.width &+ left) &* g.outputStride)
                    .assumingMemoryBound(to: UInt8.self)
                ock_i8_winograd_output_tile(isa, &tile)
                tile.in += g.output.channels
            }
        }
    }
}
