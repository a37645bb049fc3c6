// Depthwise int8 convolution: the inside of a row goes through the kernel that shares loads between neighbours,
// positions whose window crosses a side (and kernels not three wide) through the one that takes a list of taps.
// Kernel rows above and below the input are rows of padding that never advance.
import CKernels

extension PackedQuantizedConvolution {
    /// Three taps wide and at most three high.
    var hasRowKernel: Bool {
        geometry.kernelWidth == 3 && geometry.kernelHeight <= 3 && geometry.dilationWidth == 1
    }

    /// Channels that the set's depthwise kernels compute together.
    var channelsPerVector: Int { isa == OCK_I8_VNNI ? 64 : isa == OCK_I8_AVX2 ? 16 : 1 }

    /// Neighbouring pixels of 8, 16 or 32 channels that fill one vector, when positions touch.
    var pixelsPerVector: Int {
        let channels = geometry.input.channels
        let touching = geometry.inputStride == channels && geometry.outputStride == channels
        guard touching, channels == 8 || channels == 16 || channels == 32 else { return 1 }
        return max(1, channelsPerVector / channels)
    }

    @_optimize(speed)
    func packDepthwise(
        _ weights: UnsafePointer<Int8>, _ bias: UnsafePointer<Int32>, _ multipliers: UnsafePointer<Float>
    ) {
        let channels = geometry.input.channels
        // Vectors of several pixels read the first channels again behind the last.
        let repeated = 64 % channels == 0 ? 64 : channels
        let pitch = layout.pitch
        let hasColumnKernel = hasColumnKernel
        for slot in 0..<repeated {
            let channel = slot % channels
            let lane = slot / 64 * 64 + (layout.group == 4 ? PackedQuantizedConvolution.lane(slot % 64) : slot % 64)
            self.bias.pointer[lane] = bias[channel]
            self.multipliers.pointer[lane] = multipliers[channel]
            for tap in 0..<geometry.taps {
                let weight = weights[channel * geometry.taps + tap]
                guard layout.group == 4 else {
                    packed.pointer[tap * biasPerGroup + lane] = weight
                    continue
                }
                // Fours are kernel rows, or columns for the kernel of two output rows.
                var (line, place) = (tap / geometry.kernelWidth, tap % geometry.kernelWidth)
                if hasColumnKernel { (line, place) = (place, line) }
                let four = packed.pointer + (line * pitch + place / 4 * 4) * biasPerGroup + lane * 4
                four[place % 4] = weight
                if hasColumnKernel { four[layout.segments * biasPerGroup + place + 1] = weight }
            }
        }
    }

    /// Where unpacking four vectors of 64 bytes puts a channel: vector q, lane l, as 16 * q + l.
    private static func lane(_ channel: Int) -> Int {
        channel % 16 / 4 * 16 + channel / 16 * 4 + channel % 4
    }

    @_optimize(speed)
    func runDepthwise(
        _ input: UnsafePointer<UInt8>, _ output: UnsafeMutableRawPointer,
        _ table: UnsafeMutablePointer<UnsafePointer<UInt8>?>, _ rows: Range<Int>
    ) {
        if hasColumnKernel {
            runColumns(input, output, rows)
            return
        }
        let g = geometry
        let width = g.output.width
        // Output columns whose three taps all lie inside the input.
        var inner = width
        var innerEnd = width
        if hasRowKernel, g.input.width >= 3 {
            inner = min((g.paddingLeft &+ g.strideWidth &- 1) / g.strideWidth, width)
            innerEnd = max(inner, min(width, (g.input.width &- 3 &+ g.paddingLeft) / g.strideWidth &+ 1))
        }
        let imageSize = g.input.height &* g.input.width &* g.inputStride
        for row in rows {
            let image = input + row / g.output.height &* imageSize
            let top = (row % g.output.height) &* g.strideHeight &- g.paddingTop
            let out = output + row &* width &* g.outputStride &* elementSize
            runEdge(image, top, out, table, 0..<inner)
            if inner < innerEnd { runMiddle(image, top, out, inner..<innerEnd) }
            runEdge(image, top, out, table, innerEnd..<width)
        }
    }

    @_optimize(speed)
    private func runMiddle(
        _ image: UnsafePointer<UInt8>, _ top: Int, _ out: UnsafeMutableRawPointer, _ columns: Range<Int>
    ) {
        let g = geometry
        let left = columns.lowerBound &* g.strideWidth &- g.paddingLeft
        var run = ock_i8_row()
        func source(_ kernelRow: Int) -> (UnsafePointer<UInt8>, Int) {
            let y = top &+ kernelRow &* g.dilationHeight
            guard y >= 0, y < g.input.height, kernelRow < g.kernelHeight else {
                return (UnsafePointer(padding.pointer), 0)
            }
            return (image + (y &* g.input.width &+ left) &* g.inputStride, g.inputStride)
        }
        (run.in.0, run.in_stride.0) = source(0)
        (run.in.1, run.in_stride.1) = source(1)
        (run.in.2, run.in_stride.2) = source(2)
        run.high = g.kernelHeight
        run.step = g.strideWidth
        run.pixels = columns.count
        run.channels = g.input.channels
        run.padded = biasPerGroup
        run.weights = UnsafePointer(packed.pointer)
        run.bias = UnsafePointer(bias.pointer)
        run.multipliers = UnsafePointer(multipliers.pointer)
        run.out = out + columns.lowerBound &* g.outputStride &* elementSize
        run.out_stride = g.outputStride
        run.finish = finish
        let together = pixelsPerVector
        run.together = together
        guard together > 1, run.pixels >= together, run.step == 1 else {
            ock_i8_depthwise_row(isa, &run)
            return
        }
        // As if so many channels, with positions closer than that; the last vector overlaps the one before.
        let rest = run.pixels % together
        run.pixels /= together
        run.step = together
        run.together = 1
        run.channels = channelsPerVector
        run.out_stride = channelsPerVector
        ock_i8_depthwise_row(isa, &run)
        guard rest > 0 else { return }
        let back = columns.count &- together
        run.in.0 = run.in.0.map { $0 + back &* run.in_stride.0 }
        run.in.1 = run.in.1.map { $0 + back &* run.in_stride.1 }
        run.in.2 = run.in.2.map { $0 + back &* run.in_stride.2 }
        run.out += back &* g.outputStride
        run.pixels = 1
        ock_i8_depthwise_row(isa, &run)
    }

    @_optimize(speed)
    private func runEdge(
        _ image: UnsafePointer<UInt8>, _ top: Int, _ out: UnsafeMutableRawPointer,
        _ table: UnsafeMutablePointer<UnsafePointer<UInt8>?>, _ columns: Range<Int>
    ) {
        let g = geometry
        var position = ock_i8_taps()
        position.in = UnsafePointer(table)
        position.taps = layout.segments
        position.channels = g.input.channels
        position.padded = biasPerGroup
        position.weights = UnsafePointer(packed.pointer)
        position.bias = UnsafePointer(bias.pointer)
        position.multipliers = UnsafePointer(multipliers.pointer)
        position.finish = finish
        for column in columns {
            var entry = 0
            var y = top
            for _ in 0..<g.kernelHeight {
                var x = column &* g.strideWidth &- g.paddingLeft
                for tap in 0..<layout.pitch {
                    let inside = y >= 0 && y < g.input.height && x >= 0 && x < g.input.width && tap < g.kernelWidth
                    table[entry] =
                        inside
                        ? image + (y &* g.input.width &+ x) &* g.inputStride : UnsafePointer(padding.pointer)
                    entry &+= 1
                    x &+= g.dilationWidth
                }
                y &+= g.dilationHeight
            }
            position.out = out + column &* g.outputStride &* elementSize
            ock_i8_depthwise_taps(isa, &position)
        }
    }
}
