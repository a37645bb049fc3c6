// Where the inputs of an int8 product tile lie: pointers to runs of contiguous bytes, [segment][OCK_I8_ROWS].
// A run is a kernel row where its taps are contiguous, else a tap. Runs are packed in groups of 4 bytes, or 8.
import CKernels

extension PackedQuantizedConvolution {
    /// How weights and inputs of one convolution are cut into segments.
    struct Layout: Sendable {
        /// Segments of `span` bytes as the weights are packed, each rounded up to `pitch`.
        var segments: Int
        var span: Int
        var pitch: Int
        /// Product: bytes of k side by side. Depthwise: taps side by side.
        var group: Int
        /// A kernel row is one run.
        var joinsTaps: Bool
        /// Windows are so small that each is copied together into one run.
        var copiesWindows: Bool
        /// Output rows whose input is copied with its padding all round, for convolutions of joined taps that have
        /// any; 0 for others.
        var bandRows: Int
        var scratchCount: Int
        /// Bytes of a packed weight.
        var weightSize: Int

        var depth: Int { segments * pitch }

        init(_ g: ConvolutionGeometry, _ isa: ock_i8_isa, tileRows: Int) {
            weightSize = tileRows > 0 ? 2 : ock_i8_weight_size(isa)
            if g.isDepthwise {
                group = ock_i8_depthwise_group(isa)
                // Taps, a kernel row rounded up to whole groups.
                pitch = (g.kernelWidth + group - 1) / group * group
                segments = g.kernelHeight * pitch
                span = pitch
                joinsTaps = false
                copiesWindows = false
                bandRows = 0
                scratchCount = 8 + 8 * segments
                return
            }
            let channels = g.input.channels / g.groups
            if tileRows > 0 {
                // A product over the channels at each point.
                segments = 1
                span = channels
                pitch = channels
                // Of the widths that sixteens make up.
                group = ock_i8_tile_group(isa, 16)
                joinsTaps = false
                copiesWindows = false
                bandRows = 0
                scratchCount = g.quantizedWinogradScratch(tileRows: tileRows)
                return
            }
            let width = PackedQuantizedConvolution.firstWidth(g.output.channels / g.groups, isa)
            group = ock_i8_tile_group(isa, width)
            joinsTaps =
                g.taps == 1 || g.dilationWidth == 1 && g.groups == 1 && g.inputStride == g.input.channels
            // Where kernel rows alone would be rounded up to groups.
            let run = g.kernelWidth * channels
            copiesWindows =
                joinsTaps && 2...Int(OCK_I8_WINDOW_RUNS) ~= g.kernelHeight && run <= 16 && run % group != 0
            if copiesWindows {
                segments = 1
                span = g.taps * channels
            } else if joinsTaps {
                segments = g.kernelHeight
                span = g.kernelWidth * channels
            } else {
                segments = g.taps
                span = channels
            }
            pitch = (span + group - 1) / group * group
            scratchCount = 8 + 8 * segments * Int(OCK_I8_ROWS)
            bandRows = 0
            if copiesWindows {
                scratchCount += g.output.width * pitch + 64
            } else if joinsTaps, g.crossesEdges {
                // Few enough to stay in the first two levels of cache.
                let line = g.band(rows: 1).input.width * channels
                let others = (g.kernelHeight - 1) * g.dilationHeight
                bandRows = max(1, min(g.output.height, ((48 << 10) / line - others) / g.strideHeight))
                scratchCount += g.band(rows: bandRows).input.count + 64
            }
        }
    }

    /// A pointer a tap, for kernels whose taps are not contiguous; the padding bytes where it lies outside the input.
    @_optimize(speed)
    func fillTaps(
        _ table: UnsafeMutablePointer<UnsafePointer<UInt8>?>, _ place: inout OutputPlace<UInt8>, _ rows: Int,
        _ padding: UnsafePointer<UInt8>
    ) {
        let g = geometry
        for row in 0..<rows {
            var entry = row
            var y = place.y &* g.strideHeight &- g.paddingTop
            for _ in 0..<g.kernelHeight {
                var x = place.x &* g.strideWidth &- g.paddingLeft
                for _ in 0..<g.kernelWidth {
                    let inside = y >= 0 && y < g.input.height && x >= 0 && x < g.input.width
                    table[entry] = inside ? place.image + (y &* g.input.width &+ x) &* g.inputStride : padding
                    entry &+= Int(OCK_I8_ROWS)
                    x &+= g.dilationWidth
                }
                y &+= g.dilationHeight
            }
            geometry.advance(&place)
        }
    }
}

extension ConvolutionGeometry {
    /// A pointer a kernel row; all windows lie inside.
    @_optimize(speed)
    func fillRuns(
        _ table: UnsafeMutablePointer<UnsafePointer<UInt8>?>, _ place: inout OutputPlace<UInt8>, _ rows: Int
    ) {
        var filled = 0
        // Positions in one output row at a time: their pointers are equally far apart.
        while filled < rows {
            let count = min(rows &- filled, output.width &- place.x)
            listWindows(table + filled, place, count, apart: Int(OCK_I8_ROWS))
            filled &+= count
            place.x &+= count &- 1
            advance(&place)
        }
    }
}
