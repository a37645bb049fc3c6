// Where the taps of an output position lie in the input: the pointer tables that product tiles read.
// The table is [segment][OCK_F32_ROWS]; a segment is a run of contiguous floats.
import CKernels

extension ConvolutionGeometry {
    /// Whether a kernel row's taps are one run of floats.
    private var hasTouchingTaps: Bool {
        kernelWidth == 1 || dilationWidth == 1 && groups == 1 && inputStride == input.channels
    }

    /// How many positions from here on, in the same row of the output, have windows inside the input whose kernel rows are
    /// runs of floats.
    @_optimize(speed)
    func evenRun(_ place: OutputPlace<Float>) -> Int {
        let top = place.y &* strideHeight &- paddingTop
        let left = place.x &* strideWidth &- paddingLeft
        let lastTop = input.height &- 1 &- (kernelHeight &- 1) &* dilationHeight
        let lastLeft = input.width &- kernelWidth
        guard hasTouchingTaps, top >= 0, top <= lastTop, left >= 0, left <= lastLeft else { return 0 }
        return min(output.width &- place.x, (lastLeft &- left) / strideWidth &+ 1)
    }

    /// How many positions there are from here to the first one behind the left padding, or else to the end of the row.
    func edge(_ place: OutputPlace<Float>) -> Int {
        let first = min(output.width, (paddingLeft &+ strideWidth &- 1) / strideWidth)
        return (place.x < first ? first : output.width) &- place.x
    }
}

extension PackedConvolution {
    /// A pointer a kernel row, when its taps are contiguous and all windows lie inside; false otherwise.
    @_optimize(speed)
    func fillRuns(
        _ table: UnsafeMutablePointer<UnsafePointer<Float>?>, _ place: inout OutputPlace<Float>, _ rows: Int
    ) -> Bool {
        let g = geometry
        var filled = 0
        // Positions in one output row at a time: their pointers are equally far apart.
        while filled < rows {
            let count = min(rows &- filled, g.output.width &- place.x)
            guard g.evenRun(place) >= count else { return false }
            g.listWindows(table + filled, place, count, apart: Int(OCK_F32_ROWS))
            filled &+= count
            place.x &+= count &- 1
            geometry.advance(&place)
        }
        return true
    }

    /// A pointer a tap; zeros where it lies outside the input.
    @_optimize(speed)
    func fillTaps(_ table: UnsafeMutablePointer<UnsafePointer<Float>?>, _ place: inout OutputPlace<Float>, _ rows: Int)
    {
        let g = geometry
        for row in 0..<rows {
            var entry = row
            var y = place.y &* g.strideHeight &- g.paddingTop
            for _ in 0..<g.kernelHeight {
                var x = place.x &* g.strideWidth &- g.paddingLeft
                for _ in 0..<g.kernelWidth {
                    let inside = y >= 0 && y < g.input.height && x >= 0 && x < g.input.width
                    table[entry] =
                        inside
                        ? place.image + (y &* g.input.width &+ x) &* g.inputStride : UnsafePointer(zeros.pointer)
                    entry &+= Int(OCK_F32_ROWS)
                    x &+= g.dilationWidth
                }
                y &+= g.dilationHeight
            }
            geometry.advance(&place)
        }
    }
}
