// Depthwise convolution: the inside of a row, at stride 1 of two rows, goes through the kernel that shares loads between
// neighbours, positions whose window crosses an edge (and kernels that are not three wide) through the one that takes a list
// of taps.
import CKernels

extension PackedConvolution {
    /// Three taps wide and at most three high, at a stride the row kernel knows.
    var hasRowKernel: Bool {
        geometry.kernelWidth == 3 && geometry.kernelHeight <= 3 && geometry.dilationWidth == 1
            && geometry.strideWidth <= 2
    }

    /// Two neighbours of 8 channels fill one vector of 16 when positions touch and the stride is 1.
    private var pairsPixels: Bool {
        geometry.input.channels == 8 && geometry.inputStride == 8 && geometry.outputStride == 8
            && geometry.strideWidth == 1 && kernels.instructions == OCK_AVX512
    }

    @_optimize(speed)
    func packDepthwise(_ weights: UnsafePointer<Float>) {
        let channels = geometry.input.channels
        for channel in 0..<channels {
            for tap in 0..<geometry.taps {
                packed.pointer[tap * biasPerGroup + channel] = weights[channel * geometry.taps + tap]
            }
        }
        guard channels == 8 else { return }
        // The second half repeats the first, for pairs of pixels.
        for channel in 0..<8 {
            bias.pointer[8 + channel] = bias.pointer[channel]
            for tap in 0..<geometry.taps {
                packed.pointer[tap * biasPerGroup + 8 + channel] = packed.pointer[tap * biasPerGroup + channel]
            }
        }
    }

    /// Kernel rows that lie inside the input, and the window's position.
    private struct Window {
        var image: UnsafePointer<Float>
        var top: Int
        var left: Int
        var firstTap: Int
        var endTap: Int
    }

    /// The window of a row of the output, at the left end.
    private func window(_ input: UnsafePointer<Float>, _ row: Int) -> Window {
        let g = geometry
        let image = input + row / g.output.height &* g.input.height &* g.input.width &* g.inputStride
        let top = (row % g.output.height) &* g.strideHeight &- g.paddingTop
        var window = Window(image: image, top: top, left: 0, firstTap: 0, endTap: g.kernelHeight)
        while window.firstTap < g.kernelHeight, top &+ window.firstTap &* g.dilationHeight < 0 { window.firstTap &+= 1 }
        while window.endTap > window.firstTap, top &+ (window.endTap &- 1) &* g.dilationHeight >= g.input.height {
            window.endTap &-= 1
        }
        return window
    }

    /// Whether the window that begins at `top`, and the one below it, lie inside the input: the kernel takes both rows.
    private func hasPair(_ top: Int) -> Bool {
        hasRowKernel && geometry.kernelHeight == 3 && geometry.strideHeight == 1 && geometry.dilationHeight == 1
            && top >= 0 && top &+ 4 <= geometry.input.height
    }

    @_optimize(speed)
    func runDepthwise(
        _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>,
        _ table: UnsafeMutablePointer<UnsafePointer<Float>?>, _ rows: Range<Int>
    ) {
        let g = geometry
        let width = g.output.width
        // Output columns whose three taps all lie inside the input.
        var inner = width
        var innerEnd = width
        if hasRowKernel, g.input.width >= 3 {
            inner = min((g.paddingLeft &+ g.strideWidth &- 1) / g.strideWidth, width)
            innerEnd = max(inner, min(width, (g.input.width &- 3 &+ g.paddingLeft) / g.strideWidth &+ 1))
        }
        let line = width &* g.outputStride
        var row = rows.lowerBound
        while row < rows.upperBound {
            var window = window(input, row)
            let out = output + row &* line
            let middle = window.endTap > window.firstTap ? inner..<innerEnd : width..<width
            let isLast = row &+ 1 == rows.upperBound || (row &+ 1) % g.output.height == 0
            let count = !isLast && hasPair(window.top) ? 2 : 1
            if !middle.isEmpty { runMiddle(window, out, middle, rows: count) }
            for index in 0..<count {
                window.top &+= index
                runEdge(&window, table, out + index &* line, 0..<middle.lowerBound)
                runEdge(&window, table, out + index &* line, middle.upperBound..<width)
            }
            row &+= count
        }
    }

    @_optimize(speed)
    private func runMiddle(
        _ window: Window, _ out: UnsafeMutablePointer<Float>, _ columns: Range<Int>, rows: Int
    ) {
        let g = geometry
        let left = columns.lowerBound &* g.strideWidth &- g.paddingLeft
        let top = window.top &+ window.firstTap &* g.dilationHeight
        var run = ock_f32_row()
        run.in = window.image + (top &* g.input.width &+ left) &* g.inputStride
        run.row_stride = g.windowRowStep
        run.in_stride = g.inputStride
        run.rows = rows
        run.out_row = g.output.width &* g.outputStride
        run.high = window.endTap &- window.firstTap
        run.step = g.strideWidth
        run.pixels = columns.count
        run.channels = g.input.channels
        run.weights = UnsafePointer(packed.pointer + window.firstTap &* 3 &* biasPerGroup)
        run.weight_stride = biasPerGroup
        run.bias = UnsafePointer(bias.pointer)
        run.out = out + columns.lowerBound &* g.outputStride
        run.out_stride = g.outputStride
        run.lower = clamp.lower
        run.upper = clamp.upper
        run.slope = clamp.leakySlope ?? 1
        if pairsPixels, run.pixels >= 2 {
            // As if 16 channels at stride 2, with positions 8 floats apart.
            let odd = run.pixels & 1
            run.pixels >>= 1
            run.step = 2
            run.channels = 16
            run.out_stride = 16
            ock_f32_depthwise_row(kernels.instructions, &run)
            guard odd == 1 else { return }
            run.in += run.pixels &* 16
            run.out += run.pixels &* 16
            run.pixels = 1
            run.step = 1
            run.channels = 8
        }
        ock_f32_depthwise_row(kernels.instructions, &run)
    }

    @_optimize(speed)
    private func runEdge(
        _ window: inout Window, _ table: UnsafeMutablePointer<UnsafePointer<Float>?>,
        _ out: UnsafeMutablePointer<Float>, _ columns: Range<Int>
    ) {
        let g = geometry
        var position = ock_f32_taps()
        position.in = UnsafePointer(table)
        position.weights = UnsafePointer(table + g.taps)
        position.channels = g.input.channels
        position.bias = UnsafePointer(bias.pointer)
        position.lower = clamp.lower
        position.upper = clamp.upper
        position.slope = clamp.leakySlope ?? 1
        var column = columns.lowerBound
        while column < columns.upperBound {
            window.left = column &* g.strideWidth &- g.paddingLeft
            position.taps = fillTaps(window, table)
            position.out = out + column &* g.outputStride
            ock_f32_depthwise_taps(kernels.instructions, &position)
            column &+= 1
        }
    }

    /// Inputs, then weights, of the taps inside the input; returns how many there are.
    @_optimize(speed)
    private func fillTaps(_ window: Window, _ table: UnsafeMutablePointer<UnsafePointer<Float>?>) -> Int {
        let g = geometry
        var count = 0
        var tapRow = window.firstTap
        while tapRow < window.endTap {
            let y = window.top &+ tapRow &* g.dilationHeight
            var x = window.left
            for tap in 0..<g.kernelWidth {
                if x >= 0, x < g.input.width {
                    table[count] = window.image + (y &* g.input.width &+ x) &* g.inputStride
                    table[g.taps &+ count] =
                        UnsafePointer(packed.pointer + (tapRow &* g.kernelWidth &+ tap) &* biasPerGroup)
                    count &+= 1
                }
                x &+= g.dilationWidth
            }
            tapRow &+= 1
        }
        return count
    }
}
