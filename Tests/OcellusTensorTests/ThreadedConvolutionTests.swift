// Convolutions shared among threads: by positions, by blocks of channels, by rows. The bytes are those of one thread.
import OcellusTensor
import Testing

@Suite("convolutions on several threads")
struct ThreadedConvolutionTests {
    /// Few weights and many positions, many weights and few positions, with edges, depthwise, in groups, a picture.
    static let cases: [ConvolutionGeometry] = [
        pointwise(height: 13, width: 17, inputs: 24, outputs: 40),
        pointwise(height: 3, width: 7, inputs: 64, outputs: 330),
        pointwise(height: 19, width: 19, inputs: 512, outputs: 256),
        dense(side: 5, inputs: 32, outputs: 300, stride: 2),
        dense(side: 20, inputs: 16, outputs: 32, stride: 1),
        dense(side: 31, inputs: 3, outputs: 24, stride: 2),
        ConvolutionGeometry(
            input: Shape(height: 9, width: 11, channels: 48), output: Shape(height: 9, width: 11, channels: 48),
            kernelHeight: 3, kernelWidth: 3, paddingTop: 1, paddingLeft: 1, groups: 48),
        ConvolutionGeometry(
            input: Shape(height: 6, width: 5, channels: 16), output: Shape(height: 6, width: 5, channels: 200),
            groups: 4),
    ]

    static func pointwise(height: Int, width: Int, inputs: Int, outputs: Int) -> ConvolutionGeometry {
        ConvolutionGeometry(
            input: Shape(height: height, width: width, channels: inputs),
            output: Shape(height: height, width: width, channels: outputs))
    }

    static func dense(side: Int, inputs: Int, outputs: Int, stride: Int) -> ConvolutionGeometry {
        let small = (side + stride - 1) / stride
        return ConvolutionGeometry(
            input: Shape(height: side, width: side, channels: inputs),
            output: Shape(height: small, width: small, channels: outputs), kernelHeight: 3, kernelWidth: 3,
            strideHeight: stride, strideWidth: stride, paddingTop: 1, paddingLeft: 1)
    }

    @Test("int8: the same bytes with any number of threads, on every set", arguments: cases.indices)
    func int8(index: Int) throws {
        let g = Self.cases[index]
        var random = Random(seed: UInt64(index + 1))
        let input = try Buffer((0..<g.input.count + 64).map { _ in UInt8(truncatingIfNeeded: random.bits()) })
        let weights = (0..<g.weightCount).map { _ in Int8(Int(random.bits() % 255) - 127) }
        let bias = (0..<g.output.channels).map { _ in Int32(Int(random.bits() % 4001) - 2000) }
        let multipliers = (0..<g.output.channels).map { _ in Float(random.bits() % 1000 + 1) / 1e6 }
        let padding = [UInt8](repeating: 7, count: g.input.channels)
        for kernels in KernelSet.available {
            let packed = try PackedQuantizedConvolution(
                g, weights: weights, bias: bias, multipliers: multipliers, padding: padding,
                output: .bytes(zeroPoint: 9, lower: 0, upper: 255), kernels: kernels)
            try expectSame(
                kernels, scratch: packed.scratchCount, alignment: 64, output: g.output.count + 64, guardValue: UInt8(1)
            ) { output, scratch, each, pool in
                packed.run(
                    input: input.pointer, output: UnsafeMutableRawPointer(output), scratch: scratch,
                    scratchStride: each, pool: pool)
            }
        }
        withExtendedLifetime(input) {}
    }

    @Test(
        "float: the same bits with any number of threads, on every set", arguments: cases.indices,
        [PackedConvolution.Method.direct, .winograd])
    func float(index: Int, method: PackedConvolution.Method) throws {
        let g = Self.cases[index]
        var random = Random(seed: UInt64(index + 1))
        let input = try Buffer(random.floats(g.input.count))
        let weights = random.floats(g.weightCount)
        for kernels in KernelSet.available {
            let packed = try PackedConvolution(g, weights: weights, clamp: .relu, kernels: kernels, method: method)
            try expectSame(
                kernels, scratch: packed.scratchCount, alignment: 16, output: g.output.count, guardValue: Float(-3)
            ) { output, scratch, each, pool in
                packed.run(
                    input: input.pointer, output: output, scratch: scratch, scratchStride: each, pool: pool)
            }
        }
        withExtendedLifetime(input) {}
    }

    /// Runs on one to five threads; `scratch` elements for each are rounded up to `alignment`.
    private func expectSame<Element: BitwiseCopyable & Equatable>(
        _ kernels: KernelSet, scratch count: Int, alignment: Int, output outputCount: Int, guardValue: Element,
        run: (
            _ output: UnsafeMutablePointer<Element>, _ scratch: UnsafeMutablePointer<Element>, _ each: Int,
            _ pool: ThreadPool?
        ) -> Void
    ) throws {
        let each = (count + alignment - 1) / alignment * alignment
        var expected: [Element] = []
        for threads in 1...5 {
            let pool = threads == 1 ? nil : try ThreadPool(threads: threads)
            let scratch = try Buffer<Element>(count: each * threads)
            let output = try Buffer([Element](repeating: guardValue, count: outputCount))
            run(output.pointer, scratch.pointer, each, pool)
            let found = [Element](output.elements)
            withExtendedLifetime((output, scratch)) {}
            if threads == 1 { expected = found }
            let isEqual = found == expected
            let differing = zip(found, expected).count { $0 != $1 }
            #expect(isEqual, "\(kernels.name) on \(threads) threads: \(differing) differ")
        }
    }
}
