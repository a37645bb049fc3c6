// Dense int8 convolution with padding: the input of a few output rows is copied with its padding all round, so that no
// window crosses an edge.
import CKernels

extension ConvolutionGeometry {
    /// Whether some window reaches beyond the input.
    var crossesEdges: Bool {
        let bottom = (output.height - 1) * strideHeight - paddingTop + (kernelHeight - 1) * dilationHeight
        let right = (output.width - 1) * strideWidth - paddingLeft + (kernelWidth - 1) * dilationWidth
        return paddingTop > 0 || paddingLeft > 0 || bottom >= input.height || right >= input.width
    }

    /// The same convolution for so many rows of one output, whose input has its padding already.
    func band(rows: Int) -> ConvolutionGeometry {
        var band = self
        band.input = Shape(
            batch: 1, height: (rows - 1) * strideHeight + (kernelHeight - 1) * dilationHeight + 1,
            width: (output.width - 1) * strideWidth + (kernelWidth - 1) * dilationWidth + 1, channels: input.channels)
        band.output = Shape(batch: 1, height: rows, width: output.width, channels: output.channels)
        band.paddingTop = 0
        band.paddingLeft = 0
        band.inputStride = input.channels
        return band
    }
}

extension PackedQuantizedConvolution {
    /// `tile` has what all tiles share. The copy lies behind the pointer table.
    @_optimize(speed)
    func runBands(
        _ tile: inout ock_i8_tile, _ input: UnsafePointer<UInt8>, _ output: UnsafeMutableRawPointer,
        _ table: UnsafeMutablePointer<UnsafePointer<UInt8>?>, _ rows: Range<Int>, _ blocks: Range<Int>
    ) {
        let g = geometry
        let copies = UnsafeMutableRawPointer(table + layout.segments &* Int(OCK_I8_ROWS))
        let band = copies.assumingMemoryBound(to: UInt8.self)
        var row = rows.lowerBound
        while row < rows.upperBound {
            let inImage = row % g.output.height
            let count = min(layout.bandRows, min(rows.upperBound &- row, g.output.height &- inImage))
            let local = g.band(rows: count)
            let image = input + row / g.output.height &* g.input.height &* g.input.width &* g.input.channels
            fillBand(band, local.input, image, inImage &* g.strideHeight &- g.paddingTop)
            let out = output + row &* g.output.width &* g.outputStride &* elementSize
            let part = ConvolutionPart(positions: 0..<count &* g.output.width, blocks: blocks)
            runBlocks(&tile, local, UnsafePointer(band), out, table, part)
            row &+= count
        }
    }

    @_optimize(speed)
    private func fillBand(
        _ band: UnsafeMutablePointer<UInt8>, _ shape: Shape, _ image: UnsafePointer<UInt8>, _ top: Int
    ) {
        let g = geometry
        let channels = g.input.channels
        let line = shape.width &* channels
        let left = g.paddingLeft &* channels
        let inside = min(g.input.width &* channels, line &- left)
        var to = band
        for y in top..<top &+ shape.height {
            if y >= 0, y < g.input.height {
                pad(to, left)
                (to + left).copy(from: image + y &* g.input.width &* channels, count: inside)
                pad(to + (left &+ inside), line &- left &- inside)
            } else {
                pad(to, line)
            }
            to += line
        }
    }

    /// `count` bytes of padding, whole positions.
    @_optimize(speed)
    private func pad(_ to: UnsafeMutablePointer<UInt8>, _ count: Int) {
        let most = geometry.kernelWidth &* geometry.input.channels
        var done = 0
        while done < count {
            let part = min(most, count &- done)
            (to + done).copy(from: padding.pointer, count: part)
            done &+= part
        }
    }
}
