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
}

extension PackedQuantizedConvolution {
    /// s G g for three weights: the factors 4, 6, 6, 24, 24 and 1 make them whole. (14)
    @inline(__always)
    private static func spread(_ a: Int16, _ b: Int16, _ c: Int16) -> (Int16, Int16, Int16, Int16, Int16, Int16) {
        let (even, odd) = (a &+ 4 &* c, 2 &* b)
        return (a, 0 &- a &- b &- c, b &- a &- c, even &+ odd, even &- odd, c)
    }

    @_optimize(speed)
    func packWinograd(
        _ weights: UnsafePointer<Int8>, _ bias: UnsafePointer<Int32>, _ multipliers: UnsafePointer<Float>
    ) {
        let channels = geometry.input.channels
        let plane = packedPerGroup / 2
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
                    var to = start + (((channel >> 1) &* block.width &+ column) << 1 &+ channel & 1)
                    func weight(_ tap: Int) -> Int16 { Int16(from[tap &* channels &+ channel]) }
                    let a = PackedQuantizedConvolution.spread(weight(0), weight(3), weight(6))
                    let b = PackedQuantizedConvolution.spread(weight(1), weight(4), weight(7))
                    let c = PackedQuantizedConvolution.spread(weight(2), weight(5), weight(8))
                    func put(_ a: Int16, _ b: Int16, _ c: Int16) {
                        let row = PackedQuantizedConvolution.spread(a, b, c)
                        to[0] = row.0
                        to[plane] = row.1
                        to[2 &* plane] = row.2
                        to[3 &* plane] = row.3
                        to[4 &* plane] = row.4
                        to[5 &* plane] = row.5
                        to += 6 &* plane
                    }
                    put(a.0, b.0, c.0)
                    put(a.1, b.1, c.1)
                    put(a.2, b.2, c.2)
                    put(a.3, b.3, c.3)
                    put(a.4, b.4, c.4)
                    put(a.5, b.5, c.5)
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
        var row = rows.lowerBound
        while row < rows.upperBound {
            let inImage = row % g.output.height
            let count = min(4 &* tileRows, min(rows.upperBound &- row, g.output.height &- inImage))
            let image = row / g.output.height
            let band = Band(
                image: input + image &* g.input.height &* g.input.width &* g.inputStride,
                rows: inImage..<inImage &+ count, tiles: (count &+ 3) / 4 &* g.winogradTilesInRow, inputs: inputs,
                sums: sums)
            transformInputs(band, table)
            multiplyPoints(band)
            transformSums(band, output + (row &- inImage) &* g.output.width &* g.outputStride)
            row &+= count
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
                var entry = 0
                for y in top &- g.paddingTop..<top &- g.paddingTop &+ 6 {
                    let isInside = y >= 0 && y < g.input.height
                    let line = band.image + y &* g.input.width &* g.inputStride
                    for x in left &- g.paddingLeft..<left &- g.paddingLeft &+ 6 {
                        table[entry] = isInside && x >= 0 && x < g.input.width ? line + x &* g.inputStride : outside
                        entry &+= 1
                    }
                }
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
