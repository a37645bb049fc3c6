// Dense 1x1 convolution of many channels by Winograd's form of Strassen's method: positions, input channels and output
// channels are cut into halves, and seven products of half matrices do the work of eight. (Strassen, "Gaussian
// elimination is not optimal", 1969; the form with the fewest sums: Winograd, 1971.)
import CKernels

extension ConvolutionGeometry {
    /// Whether the eighth of the products is more than the sums instead of it and than fetching seven quarters of the
    /// weights: at a few positions, those come from far for little work.
    func gainsByHalves(_ instructions: ock_isa) -> Bool {
        isPointwise && groups == 1 && input.channels >= 128 && output.channels >= 128
            && input.channels * output.channels >= (output.positions >= 256 ? 1 << 15 : 1 << 18)
            && output.positions >= 96 && input.channels % 2 == 0
            && output.channels % (2 * ock_f32_tile_width(instructions, 0)) == 0
    }

    /// Positions whose halves are paired, the same for any number of threads; few enough for the second-level cache, and
    /// as many in each group: a thread that waits longer than it spins for another's group has fallen asleep.
    var halvesGroup: Int {
        let most = max(1, (1 << 15) / (input.channels / 2) / 12) * 24
        let count = (output.positions + most - 1) / most
        return (output.positions + 2 * count - 1) / (2 * count) * 2
    }

    /// Floats from one position's sums of inputs to the next: whole pages would fall into the same lines of the cache.
    fileprivate var halvesStride: Int { (input.channels / 2 + 15) / 16 * 16 + 16 }

    /// Floats: a pointer table, four sums of inputs, four products of one block, and room to align them.
    func halvesScratch(width: Int) -> Int {
        2 * Int(OCK_F32_ROWS) + 2 + 16 + 4 * (halvesGroup / 2) * (halvesStride + width) + 16
    }
}

extension PackedConvolution {
    static var halvesProducts: Int { 7 }

    /// [block of half the output channels][product][half the input channels][width], in the order of the products below.
    @_optimize(speed)
    func packHalves(_ weights: UnsafePointer<Float>) {
        let half = geometry.input.channels / 2
        let columns = geometry.output.channels / 2
        for block in blocks {
            let plane = half &* block.width
            for column in 0..<block.width {
                let left = weights + (block.column &+ column) &* 2 &* half
                let right = left + columns &* 2 &* half
                var to = packed.pointer + (block.packedOffset &+ column)
                for k in 0..<half {
                    let (b11, b12, b21, b22) = (left[k], right[k], left[half &+ k], right[half &+ k])
                    let t1 = b12 - b11
                    let t2 = b22 - t1
                    to[0] = b11
                    to[plane] = b21
                    to[2 &* plane] = t2
                    to[3 &* plane] = b22 - b12
                    to[4 &* plane] = t1
                    to[5 &* plane] = b22
                    to[6 &* plane] = b21 - t2
                    to += block.width
                }
            }
        }
    }

    /// A matrix in memory.
    private struct Matrix {
        var first: UnsafePointer<Float>
        var stride: Int
        var rows: Int
    }

    /// All of it, shared among threads by groups and, where those are few, by blocks; each part adds inputs for itself.
    func runHalves(
        _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, _ scratch: UnsafeMutablePointer<Float>,
        _ scratchStride: Int, _ pool: ThreadPool
    ) {
        let size = geometry.halvesGroup
        let positions = geometry.output.positions
        let groups = (positions &+ size &- 1) / size
        let wanted = pool.threads == 1 ? 1 : 2 &* pool.threads
        let cuts = min(blocks.count, (wanted &+ groups &- 1) / groups)
        pool.run(chunks: groups &* cuts) { index, worker in
            let (group, cut) = (index / cuts, index % cuts)
            let part = ConvolutionPart(
                positions: group &* size..<min(positions, (group &+ 1) &* size),
                blocks: blocks.count &* cut / cuts..<blocks.count &* (cut &+ 1) / cuts)
            run(part, input, output, scratch + worker &* scratchStride)
        }
    }

    /// The part's groups, one after the other.
    @_optimize(speed)
    func runHalves(
        _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>,
        _ table: UnsafeMutablePointer<UnsafePointer<Float>?>, _ part: ConvolutionPart
    ) {
        let address = (UInt(bitPattern: table + Int(OCK_F32_ROWS)) &+ 63) & ~63
        guard let sums = UnsafeMutablePointer<Float>(bitPattern: address) else { return }
        let group = geometry.halvesGroup
        var first = part.positions.lowerBound
        while first < part.positions.upperBound {
            let end = min(part.positions.upperBound, (first / group &+ 1) &* group)
            runGroup(
                input + first &* geometry.inputStride, output + first &* geometry.outputStride, table, sums,
                end &- first, part.blocks)
            first = end
        }
    }

    /// Inputs a11, a12 above a21, a22; outputs c11, c12 above c21, c22.
    @_optimize(speed)
    private func runGroup(
        _ a11: UnsafePointer<Float>, _ c11: UnsafeMutablePointer<Float>,
        _ table: UnsafeMutablePointer<UnsafePointer<Float>?>, _ sums: UnsafeMutablePointer<Float>, _ positions: Int,
        _ range: Range<Int>
    ) {
        let (half, columns) = (geometry.input.channels / 2, geometry.output.channels / 2)
        // The upper half has one more where they are odd; zeros are its partner.
        let upper = (positions &+ 1) / 2
        let lower = positions &- upper
        let (stride, plane) = (geometry.halvesStride, upper &* geometry.halvesStride)
        let a21 = a11 + upper &* geometry.inputStride
        let c21 = c11 + upper &* geometry.outputStride
        addInputs(a11, a21, upper, lower, sums)
        let x11 = Matrix(first: a11, stride: geometry.inputStride, rows: upper)
        let x12 = Matrix(first: a11 + half, stride: geometry.inputStride, rows: upper)
        let x22 = Matrix(first: a21 + half, stride: geometry.inputStride, rows: lower)
        let s1 = Matrix(first: UnsafePointer(sums), stride: stride, rows: upper)
        let s2 = Matrix(first: UnsafePointer(sums + plane), stride: stride, rows: upper)
        let s3 = Matrix(first: UnsafePointer(sums + 2 &* plane), stride: stride, rows: upper)
        let s4 = Matrix(first: UnsafePointer(sums + 3 &* plane), stride: stride, rows: upper)
        let size = upper &* blocks[0].width
        let p = sums + 4 &* plane
        let (q, r, s) = (p + size, p + 2 &* size, p + 3 &* size)
        for index in range {
            let block = blocks[index]
            let left = UnsafePointer(bias.pointer) + block.column
            let right = left + columns
            multiply(x11, 0, block, table, p)
            multiply(x12, 1, block, table, c11 + block.column, p, nil, left)
            multiply(s2, 2, block, table, q, p)
            multiply(s3, 3, block, table, r, q)
            multiply(s1, 4, block, table, s)
            multiply(s4, 5, block, table, c11 + (columns &+ block.column), q, s, right)
            multiply(x22, 6, block, table, c21 + block.column, r, nil, left)
            multiply(x22, 7, block, table, c21 + (columns &+ block.column), r, s, right)
        }
    }

    /// s1 = a21 + a22, s2 = s1 - a11, s3 = a11 - a21, s4 = a12 - s2, behind one another.
    @_optimize(speed)
    private func addInputs(
        _ top: UnsafePointer<Float>, _ bottom: UnsafePointer<Float>, _ upper: Int, _ lower: Int,
        _ sums: UnsafeMutablePointer<Float>
    ) {
        var halves = ock_f32_halves()
        halves.half = geometry.input.channels / 2
        halves.plane = upper &* geometry.halvesStride
        for row in 0..<upper {
            halves.above = top + row &* geometry.inputStride
            halves.below = row < lower ? bottom + row &* geometry.inputStride : UnsafePointer(zeros.pointer)
            halves.out = sums + row &* geometry.halvesStride
            ock_f32_add_halves(kernels.instructions, &halves)
        }
    }

    /// One of the seven products (7: none) plus what is given, to the output with `bias`, else to scratch.
    @_optimize(speed)
    private func multiply(
        _ inputs: Matrix, _ product: Int, _ block: Block, _ table: UnsafeMutablePointer<UnsafePointer<Float>?>,
        _ output: UnsafeMutablePointer<Float>, _ first: UnsafeMutablePointer<Float>? = nil,
        _ second: UnsafeMutablePointer<Float>? = nil, _ bias: UnsafePointer<Float>? = nil
    ) {
        let half = geometry.input.channels / 2
        var tile = ock_f32_tile()
        tile.first = inputs.first
        tile.row_step = inputs.stride
        tile.segments = product < 7 ? 1 : 0
        tile.span = half
        tile.packed = UnsafePointer(packed.pointer) + (block.packedOffset &+ min(product, 6) &* half &* block.width)
        tile.bias = bias ?? UnsafePointer(zeros.pointer)
        tile.out_stride = bias == nil ? block.width : geometry.outputStride
        tile.width = block.width
        tile.columns = block.width
        tile.lower = bias == nil ? -.infinity : clamp.lower
        tile.upper = bias == nil ? .infinity : clamp.upper
        tile.slope = bias == nil ? 1 : clamp.leakySlope ?? 1
        tile.out = output
        tile.add.0 = first.map { UnsafePointer($0) }
        tile.add.1 = second.map { UnsafePointer($0) }
        tile.add_stride = block.width
        tile.next = tile.packed + half &* block.width
        tile.next_step = half &* 16
        multiply(tile, rows: inputs.rows, block, table)
    }
}
