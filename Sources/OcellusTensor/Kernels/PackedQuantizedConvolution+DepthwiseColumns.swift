// 3x3 depthwise int8 convolution by the kernel that takes columns of four input rows: whole rows with their edges, and at
// stride 1 two rows of the output at a time.
import CKernels

extension PackedQuantizedConvolution {
    /// 3x3, stride 1 or 2, at most one column of padding on a side, and nothing that the other kernels do better.
    var hasColumnKernel: Bool {
        let g = geometry
        let pixels = pixelsPerVector
        let behind = (g.output.width - 1) * g.strideWidth - g.paddingLeft + 3 - g.input.width
        return isa == OCK_I8_VNNI && g.isDepthwise && g.kernelHeight == 3 && g.kernelWidth == 3
            && g.dilationHeight == 1 && g.dilationWidth == 1 && g.strideWidth <= 2 && g.paddingLeft <= 1 && behind <= 1
            && (pixels == 1 || g.strideWidth == 1 && g.output.width >= pixels)
    }

    @_optimize(speed)
    func runColumns(_ input: UnsafePointer<UInt8>, _ output: UnsafeMutableRawPointer, _ rows: Range<Int>) {
        let g = geometry
        let imageSize = g.input.height &* g.input.width &* g.inputStride
        let rowSize = g.output.width &* g.outputStride
        let pixels = pixelsPerVector
        var run = ock_i8_rows()
        run.step = pixels > 1 ? pixels : g.strideWidth
        run.channels = pixels > 1 ? 64 : g.input.channels
        run.padded = biasPerGroup
        run.padding = UnsafePointer(padding.pointer)
        run.weights = UnsafePointer(packed.pointer)
        run.shifted = UnsafePointer(packed.pointer + layout.segments &* biasPerGroup)
        run.bias = UnsafePointer(bias.pointer)
        run.multipliers = UnsafePointer(multipliers.pointer)
        run.out_stride = pixels > 1 ? 64 : g.outputStride
        run.out_row = rowSize
        run.finish = finish
        var row = rows.lowerBound
        while row < rows.upperBound {
            let place = row % g.output.height
            let isPair = g.strideHeight == 1 && row &+ 1 < rows.upperBound && place &+ 1 < g.output.height
            let image = input + (row / g.output.height &* imageSize &- g.paddingLeft &* g.inputStride)
            let top = place &* g.strideHeight &- g.paddingTop
            func source(_ y: Int) -> (UnsafePointer<UInt8>, Int) {
                guard y >= 0, y < g.input.height else { return (UnsafePointer(padding.pointer), 0) }
                return (image + (y &* g.input.width &* g.inputStride), g.inputStride)
            }
            (run.in.0, run.in_stride.0) = source(top)
            (run.in.1, run.in_stride.1) = source(top &+ 1)
            (run.in.2, run.in_stride.2) = source(top &+ 2)
            (run.in.3, run.in_stride.3) = source(isPair ? top &+ 3 : top &+ 2)
            run.rows = isPair ? 2 : 1
            run.out = output.assumingMemoryBound(to: UInt8.self) + row &* rowSize
            runRow(&run, pixels)
            row &+= run.rows
        }
    }

    /// A row, or two: whole vectors of pixels, and one that overlaps the last of them where the width asks for it.
    @_optimize(speed)
    private func runRow(_ run: inout ock_i8_rows, _ pixels: Int) {
        let g = geometry
        let behind = (g.output.width &- 1) &* g.strideWidth &- g.paddingLeft &+ 3 &- g.input.width
        // The bytes of a vector's pixels but the first, and but the last.
        let shift = pixels > 1 ? UInt64(g.input.channels) : 64
        let before: UInt64 = g.paddingLeft == 0 ? .max : .max << shift
        let after: UInt64 = behind <= 0 ? .max : .max >> shift
        let rest = g.output.width % pixels
        run.pixels = g.output.width / pixels
        run.before = before
        run.after = rest == 0 ? after : .max
        ock_i8_depthwise_rows(isa, &run)
        guard rest > 0 else { return }
        let back = g.output.width &- pixels
        run.in.0 = run.in.0.map { $0 + back &* run.in_stride.0 }
        run.in.1 = run.in.1.map { $0 + back &* run.in_stride.1 }
        run.in.2 = run.in.2.map { $0 + back &* run.in_stride.2 }
        run.in.3 = run.in.3.map { $0 + back &* run.in_stride.3 }
        run.out += back &* g.outputStride
        run.pixels = 1
        run.before = .max
        run.after = after
        ock_i8_depthwise_rows(isa, &run)
    }
}
