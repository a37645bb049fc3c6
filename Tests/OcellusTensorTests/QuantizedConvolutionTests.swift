// Every int8 kernel set against the seven loops of QuantizedOracle.swift: equal, not close.
import OcellusTensor
import Testing

/// Runs a case in parts, with odd addresses and guard bytes all round, and says what differs.
func quantizedFaults(_ test: QuantizedCase, _ kernels: KernelSet, floats: Bool, split: Int = 1) throws -> [String] {
    let g = test.geometry
    let output: PackedQuantizedConvolution.Output =
        floats ? .floats : .bytes(zeroPoint: test.zeroPoint, lower: test.lower, upper: test.upper)
    let convolution = try PackedQuantizedConvolution(
        g, weights: test.weights, bias: test.bias, multipliers: test.multipliers, padding: test.padding,
        output: output, kernels: kernels)
    let guardByte: UInt8 = 0xa5
    let size = floats ? 4 : 1
    let count = g.output.positions * g.outputStride * size
    let lead = floats ? 20 : 19
    let input = try Buffer([UInt8](repeating: guardByte, count: 3) + test.input)
    let memory = try Buffer([UInt8](repeating: guardByte, count: lead + count + 80))
    let scratch = try Buffer([UInt8](repeating: guardByte, count: convolution.scratchCount + 64))
    let result = memory.pointer + lead
    let rows = g.output.batch * g.output.height
    for part in (0..<split).reversed() {
        convolution.run(
            input: input.pointer + 3, output: result, scratch: scratch.pointer + 1,
            rows: part * rows / split..<(part + 1) * rows / split)
    }
    var found: [String] = []
    for (index, sum) in test.sums().enumerated() {
        let channel = index % g.output.channels
        let at = (index / g.output.channels * g.outputStride + channel) * size
        if floats {
            let got = UnsafeRawPointer(result + at).loadUnaligned(as: Float.self)
            let wanted = test.float(sum, channel)
            if got != wanted { found.append("\(index), channel \(channel): \(got), expected \(wanted)") }
        } else if result[at] != test.byte(sum, channel) {
            found.append("\(index), channel \(channel): \(result[at]), expected \(test.byte(sum, channel)), sum \(sum)")
        }
    }
    for position in 0..<g.output.positions {
        for slack in (position * g.outputStride + g.output.channels) * size..<(position + 1) * g.outputStride * size
        where result[slack] != guardByte {
            found.append("wrote behind position \(position)")
        }
    }
    for index in 0..<lead where memory.pointer[index] != guardByte { found.append("wrote before the output") }
    for index in count..<count + 80 where result[index] != guardByte { found.append("wrote behind the output") }
    for index in convolution.scratchCount + 1..<convolution.scratchCount + 64
    where scratch.pointer[index] != guardByte {
        found.append("wrote behind the scratch")
    }
    return found
}

/// More cases than the float ones: channel counts around the int8 kernels' groups of 4, 8 and 64.
private let quantizedCases: [ConvolutionGeometry] = {
    var cases = awkwardCases
    let one = (1, 1, 1, 1)
    for channels in [2, 4, 8, 12, 16, 31, 32, 63, 64, 65, 100, 128, 130] {
        cases.append(geometry(4, 7, channels, to: 9, kernel: (3, 3), padding: one))
        cases.append(geometry(5, 6, channels, to: 7, kernel: (3, 3), stride: 2, padding: (0, 0, 1, 1)))
        for width in [3, 4, 7, 10, 13, 18] {
            cases.append(geometry(4, width, channels, to: channels, kernel: (3, 3), padding: one, groups: channels))
            cases.append(
                geometry(5, width, channels, to: channels, kernel: (3, 3), stride: 2, padding: one, groups: channels))
        }
        cases.append(geometry(7, 8, channels, to: channels, kernel: (3, 3), stride: 3, padding: one, groups: channels))
        cases.append(geometry(6, 6, channels, to: channels, kernel: (2, 3), padding: (1, 1, 0, 1), groups: channels))
        cases.append(geometry(6, 9, channels, to: channels, kernel: (1, 3), padding: (0, 1, 0, 1), groups: channels))
        cases.append(
            geometry(6, 9, channels, to: channels, kernel: (3, 3), padding: one, groups: channels, extraInput: 5))
        cases.append(
            geometry(6, 9, channels, to: channels, kernel: (3, 3), padding: one, groups: channels, extraOutput: 5))
        cases.append(
            geometry(6, 7, channels, to: channels, kernel: (5, 5), padding: (2, 2, 2, 2), groups: channels))
    }
    for outputs in [1, 4, 7, 8] {
        for width in 1...17 { cases.append(geometry(1, width, 16, to: outputs)) }
        cases.append(geometry(6, 7, 16, to: outputs, kernel: (3, 3), padding: one, extraOutput: 3))
    }
    return cases
}()

@Suite struct QuantizedConvolutionTests {
    @Test("every int8 kernel set equals the seven loops on the awkward cases", arguments: KernelSet.available)
    func awkward(kernels: KernelSet) throws {
        var random = Random(seed: 11)
        for (index, g) in quantizedCases.enumerated() {
            let found = try quantizedFaults(QuantizedCase(g, &random), kernels, floats: index % 4 == 3)
            #expect(found.isEmpty, "case \(index) \(g): \(found.prefix(3))")
        }
    }

    @Test(
        "every int8 kernel set equals the seven loops on random cases, whole and in parts",
        arguments: KernelSet.available)
    func random(kernels: KernelSet) throws {
        var random = Random(seed: 12)
        for index in 0..<400 {
            let test = QuantizedCase(randomCase(&random), &random)
            let floats = random.below(4) == 0
            let found = try quantizedFaults(test, kernels, floats: floats, split: 1 + random.below(4))
            #expect(found.isEmpty, "random case \(index) \(test.geometry): \(found.prefix(3))")
        }
    }

    @Test("sums at the ends of 32 bits are exact", arguments: KernelSet.available)
    func extremes(kernels: KernelSet) throws {
        var random = Random(seed: 13)
        let geometries = [
            geometry(3, 5, 512, to: 17, kernel: (3, 3), padding: (1, 1, 1, 1)), geometry(2, 13, 4608, to: 33),
            geometry(2, 9, 4608, to: 8), geometry(4, 9, 64, to: 64, kernel: (3, 3), padding: (1, 1, 1, 1), groups: 64),
        ]
        for g in geometries {
            for (weight, bias) in [(127, 1 << 30), (-127, -1 << 30), (127, -1 << 30), (-127, 0)] as [(Int8, Int32)] {
                var test = QuantizedCase(g, &random)
                for index in test.input.indices { test.input[index] = 255 }
                for index in test.weights.indices { test.weights[index] = weight }
                for index in test.padding.indices { test.padding[index] = 255 }
                for channel in test.bias.indices { test.bias[channel] = bias &+ (bias > 0 ? -1 : 1) &* Int32(channel) }
                for channel in test.multipliers.indices {
                    test.multipliers[channel] = [1e-7, 3e38, 1, .leastNonzeroMagnitude][channel % 4]
                }
                for floats in [false, true] {
                    let found = try quantizedFaults(test, kernels, floats: floats)
                    #expect(found.isEmpty, "\(g) \(weight) \(bias): \(found.prefix(3))")
                }
            }
        }
    }

    @Test("Winograd's whole numbers equal the seven loops as far as they are used", arguments: KernelSet.available)
    func winograd(kernels: KernelSet) throws {
        var random = Random(seed: 16)
        let one = (1, 1, 1, 1)
        let cases = [
            geometry(8, 8, 16, to: 16, kernel: (3, 3), padding: one),
            geometry(9, 38, 16, to: 32, kernel: (3, 3), padding: one),
            geometry(9, 11, 32, to: 32, kernel: (3, 3), padding: one, batch: 2, extraInput: 3, extraOutput: 5),
            geometry(10, 90, 16, to: 16, kernel: (3, 3), padding: one),
            geometry(10, 12, 16, to: 32, kernel: (3, 3)),
            geometry(9, 10, 48, to: 16, kernel: (3, 3), padding: (2, 2, 2, 2)),
            geometry(12, 20, 64, to: 48, kernel: (3, 3), padding: one, extraOutput: 16),
            geometry(15, 38, 32, to: 80, kernel: (3, 3), padding: one, batch: 2),
        ]
        for (index, g) in cases.enumerated() {
            var test = QuantizedCase(g, &random)
            for kind in 0..<4 {
                // Random, then the largest sums in both directions, then the largest transformed inputs and weights.
                if kind > 0 {
                    for place in test.input.indices { test.input[place] = kind < 3 || random.below(2) == 0 ? 255 : 0 }
                    for place in test.weights.indices {
                        test.weights[place] = kind == 1 || kind == 3 && random.below(2) == 0 ? 127 : -127
                    }
                }
                let found = try quantizedFaults(test, kernels, floats: false, split: 1 + index % 3)
                #expect(found.isEmpty, "case \(index) kind \(kind) \(g): \(found.prefix(3))")
            }
        }
        // 9 * 128 * 114 * 255 is a little below 2^25, 9 * 128 * 115 * 255 above.
        for (weight, isUsed) in [(114, true), (115, false), (-114, true), (-115, false)] as [(Int8, Bool)] {
            var test = QuantizedCase(geometry(8, 8, 128, to: 16, kernel: (3, 3), padding: one), &random)
            for place in test.input.indices { test.input[place] = 255 }
            for place in test.weights.indices { test.weights[place] = weight }
            #expect(try quantizedFaults(test, kernels, floats: false) == [])
            let packed = try PackedQuantizedConvolution(
                test.geometry, weights: test.weights, bias: test.bias, multipliers: test.multipliers,
                padding: test.padding, output: .bytes(zeroPoint: 0, lower: 0, upper: 255), kernels: kernels)
            let hasIt = kernels.name.utf8.starts(with: "AVX".utf8) || kernels.name.utf8.elementsEqual("NEON".utf8)
            #expect(packed.kernelName.utf8.starts(with: "int8 winograd".utf8) == (hasIt && isUsed))
        }
    }

    @Test("halves round to even", arguments: KernelSet.available)
    func halves(kernels: KernelSet) throws {
        // 1x1, one input channel, weight 1: output byte = 100 + round(x / 2).
        var random = Random(seed: 14)
        for outputs in [1, 9, 32] {
            var test = QuantizedCase(geometry(1, 64, 1, to: outputs), &random)
            test.input = (0..<64).map { UInt8($0) }
            test.weights = [Int8](repeating: 1, count: outputs)
            test.bias = [Int32](repeating: 0, count: outputs)
            test.multipliers = [Float](repeating: 0.5, count: outputs)
            (test.zeroPoint, test.lower, test.upper) = (100, 0, 255)
            #expect(test.byte(5, 0) == 102 && test.byte(7, 0) == 104 && test.byte(-5, 0) == 98)
            #expect(try quantizedFaults(test, kernels, floats: false) == [])
        }
    }

    static let refusals: [@Sendable (inout QuantizedCase) -> Void] = [
        { $0.weights[3] = -128 }, { $0.multipliers[1] = 0 }, { $0.multipliers[1] = .nan },
        { $0.multipliers[1] = .infinity }, { $0.multipliers[1] = -1 }, { $0.bias[1] = .max }, { $0.bias[1] = .min },
        {
            $0.lower = 201; $0.upper = 200
        }, { $0.geometry.groups = 3 },
    ]

    @Test("what cannot be exact is refused", arguments: refusals.indices)
    func refused(index: Int) throws {
        var random = Random(seed: 15)
        var test = QuantizedCase(geometry(2, 2, 8, to: 4), &random)
        #expect(try quantizedFaults(test, .best, floats: false) == [])
        Self.refusals[index](&test)
        let bad = test
        #expect { try quantizedFaults(bad, .best, floats: false) } throws: {
            ($0 as? OcellusError)?.code == .invalidArgument
        }
    }
}
