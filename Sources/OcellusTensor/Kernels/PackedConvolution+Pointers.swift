// Where the taps of an output position lie in the input: the pointer tables that product tiles read.
// The table is [segment][OCK_F32_ROWS]; a segment is a run of contiguous floats.
import CKernels

extension PackedConvolution {
    /// A pointer a kernel row, when its taps are contiguous and all windows lie inside; false otherwise.
    @_optimize(speed)
    func fillRuns(
        _ table: UnsafeMutablePointer<UnsafePointer<Float>?>, _ place: inout OutputPlace<Float>, _ rows: Int
    ) -> Bool {
        let g = geometry
        let touching = g.dilationWidth == 1 && g.groups == 1 && g.inputStride == g.input.channels
        guard touching || g.kernelWidth == 1 else { return false }
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
                entries += Int(OCK_F32_ROWS)
            }
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
