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
        var scratchCount: Int

        var depth: Int { segments * pitch }

        init(_ g: ConvolutionGeometry, _ isa: ock_i8_isa) {
            if g.isDepthwise {
                group = ock_i8_depthwise_group(isa)
                // Taps, a kernel row rounded up to whole groups.
                pitch = (g.kernelWidth + group - 1) / group * group
                segments = g.kernelHeight * pitch
                span = pitch
                joinsTaps = false
                copiesWindows = false
                scratchCount = 8 + 8 * segments
                return
            }
            let channels = g.input.channels / g.groups
            let width = PackedQuantizedConvolution.firstWidth(g.output.channels / g.groups, isa)
            group = ock_i8_tile_group(isa, width)
            joinsTaps =
                g.kernelWidth == 1 || g.dilationWidth == 1 && g.groups == 1 && g.inputStride == g.input.channels
            // Where kernel rows alone would be rounded up to groups.
            let run = g.kernelWidth * channels
            copiesWindows =
                joinsTaps && 2...Int(OCK_I8_WINDOW_RUNS) ~= g.kernelHeight && run <= 16 && run % group != 0
                && g.inputStride == channels
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
            let rows = Int(OCK_I8_ROWS)
            scratchCount =
                8 + 8 * segments * rows
                + (copiesWindows
                    ? g.output.width * pitch + 64 : joinsTaps ? rows * segments * pitch + 64 : 0)
        }
    }

    /// A pointer a kernel row, when all windows lie inside; false otherwise.
    @_optimize(speed)
    func fillRuns(
        _ table: UnsafeMutablePointer<UnsafePointer<UInt8>?>, _ place: inout OutputPlace<UInt8>, _ rows: Int
    ) -> Bool {
        let g = geometry
        let rowStep = g.dilationHeight &* g.input.width &* g.inputStride
        let step = g.strideWidth &* g.inputStride
        let lastTop = g.input.height &- 1 &- (g.kernelHeight &- 1) &* g.dilationHeight
        let lastLeft = g.input.width &- g.kernelWidth
        var filled = 0
        // Positions in one output row at a time: their pointers are equally far apart.
        while filled < rows {
            let count = min(rows &- filled, g.output.width &- place.x)
            let top = place.y &* g.strideHeight &- g.paddingTop
            let left = place.x &* g.strideWidth &- g.paddingLeft
            guard top >= 0, top <= lastTop, left >= 0, left &+ (count &- 1) &* g.strideWidth <= lastLeft else {
                return false
            }
            var first = place.image + (top &* g.input.width &+ left) &* g.inputStride
            var entries = table + filled
            for _ in 0..<g.kernelHeight {
                var pointer = first
                for row in 0..<count {
                    entries[row] = pointer
                    pointer += step
                }
                first += rowStep
                entries += Int(OCK_I8_ROWS)
            }
            filled &+= count
            place.x &+= count &- 1
            geometry.advance(&place)
        }
        return true
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

    /// A pointer a kernel row for windows that may cross an edge: rows outside are padding, and a row that crosses a
    /// side is copied together behind the table.
    @_optimize(speed)
    func fillEdgeRuns(
        _ table: UnsafeMutablePointer<UnsafePointer<UInt8>?>, _ place: inout OutputPlace<UInt8>, _ rows: Int,
        _ padding: UnsafePointer<UInt8>
    ) {
        let g = geometry
        let channels = g.input.channels / g.groups
        let lastLeft = g.input.width &- g.kernelWidth
        let copies = UnsafeMutableRawPointer(table + layout.segments &* Int(OCK_I8_ROWS))
        var to = copies.assumingMemoryBound(to: UInt8.self)
        for row in 0..<rows {
            var y = place.y &* g.strideHeight &- g.paddingTop
            let left = place.x &* g.strideWidth &- g.paddingLeft
            for kernelRow in 0..<g.kernelHeight {
                let entry = kernelRow &* Int(OCK_I8_ROWS) &+ row
                let line = place.image + y &* g.input.width &* g.inputStride
                if y < 0 || y >= g.input.height {
                    table[entry] = padding
                } else if left >= 0, left <= lastLeft {
                    table[entry] = line + left &* g.inputStride
                } else {
                    table[entry] = UnsafePointer(to)
                    // Taps before the input, inside it and behind it.
                    let before = min(max(0, 0 &- left), g.kernelWidth)
                    let end = max(before, min(g.kernelWidth, g.input.width &- left))
                    to.copy(from: padding, count: before &* channels)
                    (to + before &* channels).copy(
                        from: end > before ? line + (left &+ before) &* g.inputStride : padding,
                        count: (end &- before) &* channels)
                    (to + end &* channels).copy(from: padding, count: (g.kernelWidth &- end) &* channels)
                    to += layout.pitch
                }
                y &+= g.dilationHeight
            }
            geometry.advance(&place)
        }
    }
}
