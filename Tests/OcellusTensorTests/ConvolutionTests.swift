// Every kernel set against the seven loops of Oracle.swift.
import OcellusTensor
import Testing

/// What differs from the oracle in one run, as text; empty when nothing does.
private func faults(
    _ g: ConvolutionGeometry, _ kernels: KernelSet, clamp: OutputClamp, withBias: Bool, seed: UInt64,
    split: Bool = false, method: PackedConvolution.Method = .direct
) throws -> [String] {
    var random = Random(seed: seed)
    let input = random.floats(g.input.positions * g.inputStride)
    let weights = random.floats(g.weightCount)
    let bias = withBias ? random.floats(g.output.channels) : nil
    let expected = naiveConvolution(g, input: input, weights: weights, bias: bias, clamp: clamp)
    let convolution = try PackedConvolution(
        g, weights: weights, bias: bias, clamp: clamp, kernels: kernels, method: method)

    // Four bytes off every alignment, exactly as large as promised, and guards where nothing may be written.
    let guardValue: Float = -12345.5
    let outputCount = g.output.positions * g.outputStride
    let inputMemory = try Buffer([Float](repeating: .nan, count: 1) + input)
    let outputMemory = try Buffer([Float](repeating: guardValue, count: outputCount + 40))
    let scratch = try Buffer([Float](repeating: guardValue, count: convolution.scratchCount + 2))
    let output = outputMemory.pointer + 17
    let rows = g.output.batch * g.output.height
    let parts = split && rows > 1 ? [rows / 2..<rows, 0..<rows / 2] : [0..<rows]
    for part in parts {
        convolution.run(input: inputMemory.pointer + 1, output: output, scratch: scratch.pointer + 1, rows: part)
    }

    var found: [String] = []
    // Summing n products in any order errs by less than n units in the last place of the sum of magnitudes.
    let products = g.taps * g.input.channels / g.groups + 2
    // Winograd's transforms multiply by up to 8 and add up to 6 numbers, twice.
    let tolerance = (Double(products) + (method == .winograd ? 100 : 0)) * Double(Float.ulpOfOne)
    for position in 0..<g.output.positions {
        for channel in 0..<g.outputStride {
            let value = output[position * g.outputStride + channel]
            guard channel < g.output.channels else {
                if value != guardValue { found.append("wrote behind position \(position)") }
                continue
            }
            let wanted = expected[position * g.output.channels + channel]
            if !(abs(Double(value) - wanted.value) <= tolerance * wanted.magnitude) {
                found.append("position \(position) channel \(channel): \(value), expected \(wanted.value)")
            }
        }
    }
    for index in 0..<17 where outputMemory.pointer[index] != guardValue { found.append("wrote before the output") }
    for index in outputCount..<outputCount + 23 where output[index] != guardValue {
        found.append("wrote after the output")
    }
    if scratch.pointer[0] != guardValue || scratch.pointer[convolution.scratchCount + 1] != guardValue {
        found.append("wrote outside the scratch")
    }
    return found
}

private let clamps: [OutputClamp] = [
    .none, .relu, .relu6, .leaky(0.1), OutputClamp(lower: -0.5, upper: 0.25, leakySlope: 0.3),
]

@Suite struct ConvolutionTests {
    @Test("every kernel set agrees with the seven loops on the awkward cases", arguments: KernelSet.available)
    func awkward(kernels: KernelSet) throws {
        for (index, g) in awkwardCases.enumerated() {
            let found = try faults(
                g, kernels, clamp: clamps[index % clamps.count], withBias: index % 3 != 0, seed: UInt64(index))
            #expect(found.isEmpty, "case \(index) \(g): \(found.prefix(3))")
        }
    }

    @Test("Winograd's method agrees with the seven loops, and is used", arguments: KernelSet.available)
    func winograd(kernels: KernelSet) throws {
        var random = Random(seed: 8)
        let one = (1, 1, 1, 1)
        let cases = [
            geometry(8, 8, 16, to: 16, kernel: (3, 3), padding: one),
            geometry(9, 38, 16, to: 32, kernel: (3, 3), padding: one),
            geometry(19, 19, 64, to: 48, kernel: (3, 3), padding: one, extraInput: 3, extraOutput: 5),
            geometry(13, 90, 32, to: 16, kernel: (3, 3), padding: one),
            geometry(10, 12, 16, to: 64, kernel: (3, 3)),
            geometry(11, 10, 48, to: 16, kernel: (3, 3), padding: (2, 2, 2, 2)),
        ]
        for (index, g) in cases.enumerated() {
            let weights = [Float](repeating: 0, count: g.weightCount)
            let packed = try PackedConvolution(g, weights: weights, kernels: kernels, method: .winograd)
            #expect(packed.kernelName.utf8.starts(with: "winograd".utf8))
            let found = try faults(
                g, kernels, clamp: random.pick(clamps), withBias: index % 2 == 0, seed: UInt64(index),
                split: index % 3 == 2, method: .winograd)
            #expect(found.isEmpty, "case \(index) \(g): \(found.prefix(3))")
        }
    }

    @Test("products of halves agree with the seven loops, and are used", arguments: KernelSet.available)
    func halves(kernels: KernelSet) throws {
        let cases = [
            geometry(16, 16, 256, to: 256),
            // As few channels as gain, and as few positions.
            geometry(16, 16, 128, to: 256),
            geometry(8, 12, 512, to: 512),
            geometry(5, 53, 258, to: 320, extraInput: 3, extraOutput: 5),
            // Two groups, the second smaller and odd.
            geometry(7, 13, 512, to: 256, batch: 3, extraInput: 16),
        ]
        for (index, g) in cases.enumerated() {
            let weights = [Float](repeating: 0, count: g.weightCount)
            let packed = try PackedConvolution(g, weights: weights, kernels: kernels, method: .winograd)
            #expect(packed.kernelName.utf8.starts(with: "halves".utf8))
            let found = try faults(
                g, kernels, clamp: clamps[index % clamps.count], withBias: index % 2 == 0, seed: UInt64(index),
                split: index % 2 == 1, method: .winograd)
            #expect(found.isEmpty, "case \(index) \(g): \(found.prefix(3))")
        }
    }

    @Test("packed anew, a convolution gives what one made with these numbers gives", arguments: KernelSet.available)
    func repacked(kernels: KernelSet) throws {
        let cases = [
            geometry(5, 6, 16, to: 24, kernel: (3, 3), padding: (1, 1, 1, 1)),
            geometry(9, 9, 16, to: 16, kernel: (3, 3), padding: (1, 1, 1, 1)),
            geometry(7, 8, 8, to: 8, kernel: (3, 3), padding: (1, 1, 1, 1), groups: 8),
            geometry(4, 5, 12, to: 18, groups: 3),
            geometry(16, 16, 256, to: 256),
        ]
        var random = Random(seed: 12)
        for (g, method) in cases.flatMap({ [($0, PackedConvolution.Method.direct), ($0, .winograd)] }) {
            let input = random.floats(g.input.positions * g.inputStride)
            let (old, new, bias) = (
                random.floats(g.weightCount), random.floats(g.weightCount), random.floats(g.output.channels)
            )
            let used = try PackedConvolution(g, weights: old, bias: old, kernels: kernels, method: method)
            used.pack(weights: new, bias: bias)
            let fresh = try PackedConvolution(g, weights: new, bias: bias, kernels: kernels, method: method)
            let rows = g.output.batch * g.output.height
            let results = try [used, fresh].map { convolution in
                var output = [Float](repeating: 0, count: g.output.positions * g.outputStride)
                let scratch = try Buffer<Float>(count: convolution.scratchCount)
                output.withUnsafeMutableBufferPointer { output in
                    guard let first = output.baseAddress else { return }
                    convolution.run(input: input, output: first, scratch: scratch.pointer, rows: 0..<rows)
                }
                withExtendedLifetime(scratch) {}
                return output
            }
            #expect(results[0] == results[1], "\(fresh.kernelName) \(g)")
            #expect(results[0].contains { $0 != 0 })
        }
    }

    @Test("every kernel set agrees with the seven loops on random cases", arguments: KernelSet.available)
    func random(kernels: KernelSet) throws {
        var random = Random(seed: 7)
        for index in 0..<300 {
            let g = randomCase(&random)
            let found = try faults(
                g, kernels, clamp: random.pick(clamps), withBias: random.below(2) == 0, seed: UInt64(index),
                split: random.below(2) == 0)
            #expect(found.isEmpty, "random case \(index) \(g): \(found.prefix(3))")
        }
    }

    @Test("an infinity in the input stays where its windows are")
    func infinity() throws {
        let g = geometry(6, 6, 16, to: 16, kernel: (3, 3), padding: (1, 1, 1, 1), groups: 16)
        var input = [Float](repeating: 1, count: g.input.count)
        input[0] = .infinity
        for kernels in KernelSet.available {
            let weights = [Float](repeating: 1, count: g.weightCount)
            let convolution = try PackedConvolution(g, weights: weights, kernels: kernels)
            let output = try Buffer<Float>(count: g.output.count)
            let scratch = try Buffer<Float>(count: convolution.scratchCount)
            convolution.run(input: input, output: output.pointer, scratch: scratch.pointer, rows: 0..<6)
            for position in 0..<36 {
                for channel in 0..<16 {
                    let touched = channel == 0 && position / 6 < 2 && position % 6 < 2
                    #expect(output.pointer[position * 16 + channel].isFinite == !touched, "\(kernels.name)")
                }
            }
        }
    }

    @Test("rows outside the output are left out")
    func rowsOutside() throws {
        let g = geometry(2, 2, 1, to: 1)
        let convolution = try PackedConvolution(g, weights: [2])
        let output = try Buffer<Float>(count: 4)
        let scratch = try Buffer<Float>(count: convolution.scratchCount)
        convolution.run(input: [1, 2, 3, 4], output: output.pointer, scratch: scratch.pointer, rows: -3..<1)
        #expect(Array(output.elements) == [2, 4, 0, 0])
        convolution.run(input: [1, 2, 3, 4], output: output.pointer, scratch: scratch.pointer, rows: 1..<90)
        #expect(Array(output.elements) == [2, 4, 6, 8])
    }
}

@Suite struct KernelSetTests {
    @Test("scalar comes first, the best comes last, and names find their sets")
    func order() throws {
        let sets = KernelSet.available
        #expect(sets.first?.name == "scalar")
        #expect(sets.last?.name == KernelSet.best.name)
        for set in sets { #expect(KernelSet(named: set.name)?.name == set.name) }
        #expect(KernelSet(named: "AVX")?.name == nil)
    }
}

@Suite struct ConvolutionGeometryTests {
    static let contradictions: [@Sendable (inout ConvolutionGeometry) -> Void] = [
        { $0.strideWidth = 0 }, { $0.kernelHeight = -1 }, { $0.dilationWidth = 1 << 40 }, { $0.paddingTop = 3 },
        { $0.paddingLeft = -1 }, { $0.groups = 3 }, { $0.output.height = 99 }, { $0.output.width = 0 },
        { $0.output.batch = 2 }, { $0.inputStride = 7 }, { $0.outputStride = .max }, { $0.input.channels = .max },
    ]

    @Test("sizes that contradict each other are refused", arguments: contradictions.indices)
    func refused(index: Int) throws {
        let good = geometry(9, 9, 8, to: 4, kernel: (3, 3), padding: (1, 1, 1, 1))
        try good.validate()
        var bad = good
        Self.contradictions[index](&bad)
        let refused = bad
        #expect { try refused.validate() } throws: { ($0 as? OcellusError)?.code == .invalidArgument }
    }
}
