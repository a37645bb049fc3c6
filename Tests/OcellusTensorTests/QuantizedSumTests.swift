// Sums of byte tensors, pooling, lookup and conversion, against their formulas written out with standard rounding.
import OcellusTensor
import Testing

private func expectedSum(_ a: UInt8, _ b: UInt8, _ p: QuantizedSum) -> UInt8 {
    let left = Float(Int(a) - Int(p.zeroPointA)) * p.multiplierA
    let right = Float(Int(b) - Int(p.zeroPointB)) * p.multiplierB
    let zero = Float(p.zeroPoint)
    let value = min(max(left + right, Float(p.lower) - zero), Float(p.upper) - zero)
    return UInt8(zero + value.rounded(.toNearestOrEven))
}

private func randomSum(_ random: inout Random) -> QuantizedSum {
    QuantizedSum(
        multiplierA: Float(1 + random.below(2000)) / 997, zeroPointA: UInt8(random.below(256)),
        multiplierB: Float(1 + random.below(2000)) / 991, zeroPointB: UInt8(random.below(256)),
        zeroPoint: UInt8(random.below(256)), lower: random.pick([0, 0, 40]), upper: random.pick([255, 255, 200]))
}

private func randomBytes(_ count: Int, _ random: inout Random) -> [UInt8] {
    (0..<count).map { _ in UInt8(random.below(256)) }
}

@Suite struct QuantizedSumTests {
    @Test("every kernel set adds all pairs of bytes alike", arguments: KernelSet.available)
    func allPairs(kernels: KernelSet) {
        var random = Random(seed: 31)
        let a = (0..<65536).map { UInt8($0 >> 8) }
        let b = (0..<65536).map { UInt8($0 & 255) }
        for _ in 0..<6 {
            let parameters = randomSum(&random)
            var y = [UInt8](repeating: 0, count: 65536)
            addQuantized(a, b, &y, count: y.count, parameters: parameters, kernels: kernels)
            let expected = (0..<65536).map { expectedSum(a[$0], b[$0], parameters) }
            #expect(y == expected, "\(parameters)")
        }
    }

    @Test(
        "halves of a sum round to even, and products are rounded before they are added", arguments: KernelSet.available)
    func halves(kernels: KernelSet) {
        func sum(_ a: UInt8, _ b: UInt8, _ p: QuantizedSum) -> UInt8 {
            var y = [UInt8](repeating: 0, count: 40)
            let (left, right) = ([UInt8](repeating: a, count: 40), [UInt8](repeating: b, count: 40))
            addQuantized(left, right, &y, count: 40, parameters: p, kernels: kernels)
            #expect(y.allSatisfy { $0 == y[0] })
            return y[0]
        }
        let half = QuantizedSum(multiplierA: 0.5, zeroPointA: 0, multiplierB: 0.5, zeroPointB: 0, zeroPoint: 10)
        #expect((0..<6).map { sum($0, 0, half) } == [10, 10, 11, 12, 12, 12])
        // 255 * 0.1 is 25.50000038 before rounding and 25.5 after: fused with the sum it would give 11.
        let tenth = QuantizedSum(multiplierA: 0.1, zeroPointA: 0, multiplierB: 1, zeroPointB: 25, zeroPoint: 10)
        #expect(sum(255, 0, tenth) == 10)
        let swapped = QuantizedSum(multiplierA: 1, zeroPointA: 25, multiplierB: 0.1, zeroPointB: 0, zeroPoint: 10)
        #expect(sum(0, 255, swapped) == 10)
    }

    @Test("nothing is written behind a sum of any length", arguments: KernelSet.available)
    func lengths(kernels: KernelSet) {
        var random = Random(seed: 32)
        for count in 0..<70 {
            let parameters = randomSum(&random)
            let a = randomBytes(count + 1, &random)
            let b = randomBytes(count + 1, &random)
            var y = [UInt8](repeating: 0x5a, count: count + 33)
            y.withUnsafeMutableBufferPointer { buffer in
                addQuantized(
                    a, b, buffer.baseAddress! + 1, count: count, parameters: parameters, kernels: kernels)
            }
            let expected = (0..<count).map { expectedSum(a[$0], b[$0], parameters) }
            #expect(y == [0x5a] + expected + [UInt8](repeating: 0x5a, count: 32), "\(count)")
        }
    }

    @Test("the coarser map is enlarged by nearest neighbour while it is added", arguments: KernelSet.available)
    func upsampled(kernels: KernelSet) {
        var random = Random(seed: 33)
        for (high, wide, coarseHigh, coarseWide) in [(38, 38, 19, 19), (19, 19, 10, 10), (5, 7, 3, 2), (3, 3, 3, 3)] {
            for channels in [1, 17, 64] {
                let parameters = randomSum(&random)
                let shape = Shape(batch: 2, height: high, width: wide, channels: channels)
                let coarse = Shape(batch: 2, height: coarseHigh, width: coarseWide, channels: channels)
                let a = randomBytes(shape.count, &random)
                let b = randomBytes(coarse.count, &random)
                var expected: [UInt8] = []
                for n in 0..<2 {
                    for y in 0..<high {
                        for x in 0..<wide {
                            for c in 0..<channels {
                                let from = (n * coarseHigh + y * coarseHigh / high) * coarseWide + x * coarseWide / wide
                                expected.append(
                                    expectedSum(a[expected.count], b[from * channels + c], parameters))
                            }
                        }
                    }
                }
                var y = a
                y.withUnsafeMutableBufferPointer { buffer in
                    let memory = buffer.baseAddress!
                    // In place, and in two parts.
                    for rows in [high..<2 * high, 0..<high] {
                        addUpsampledQuantized(
                            memory, b, bShape: coarse, memory, yShape: shape, parameters: parameters,
                            kernels: kernels, rows: rows)
                    }
                }
                #expect(y == expected, "\(shape) \(coarse)")
            }
        }
    }
}

@Suite struct QuantizedBytesTests {
    @Test("pooling takes the largest byte of what lies inside each window")
    func pooling() {
        var random = Random(seed: 34)
        let input = Shape(batch: 2, height: 7, width: 6, channels: 3)
        let output = Shape(batch: 2, height: 4, width: 3, channels: 3)
        let x = randomBytes(input.count, &random)
        var expected: [UInt8] = []
        for n in 0..<2 {
            for oy in 0..<4 {
                for ox in 0..<3 {
                    for c in 0..<3 {
                        var values: [UInt8] = []
                        for ky in 0..<3 {
                            for kx in 0..<3 {
                                let (row, column) = (oy * 2 - 1 + ky, ox * 2 - 1 + kx)
                                guard (0..<7).contains(row), (0..<6).contains(column) else { continue }
                                values.append(x[((n * 7 + row) * 6 + column) * 3 + c])
                            }
                        }
                        expected.append(values.max() ?? 0)
                    }
                }
            }
        }
        var y = [UInt8](repeating: 9, count: output.count)
        maxPoolQuantized(
            x, input, &y, output, kernelHeight: 3, kernelWidth: 3, strideHeight: 2, strideWidth: 2, paddingTop: 1,
            paddingLeft: 1)
        #expect(y == expected)
    }

    @Test("lookup replaces each byte by its entry")
    func lookup() {
        let table = (0..<256).map { UInt8(255 - $0) }
        var y = [UInt8](repeating: 0, count: 4)
        lookUpBytes([0, 1, 254, 255], &y, count: 4, table: table)
        #expect(y == [255, 254, 1, 0])
    }

    @Test("bytes become scale * (byte - zero point)")
    func dequantize() {
        var y = [Float](repeating: 0, count: 4)
        dequantizeBytes([0, 100, 101, 255], &y, count: 4, scale: 0.25, zeroPoint: 100)
        #expect(y == [-25, 0, 0.25, 38.75])
    }

    @Test("floats become the nearest byte, ties to even, and what is outside or not a number its nearest end")
    func quantize() {
        let x: [Float] = [0, 0.25, 0.75, -0.25, 1e30, -1e30, .infinity, -.infinity, .nan, 77.5, 77.4]
        var y = [UInt8](repeating: 7, count: x.count)
        quantizeBytes(x, &y, count: x.count, scale: 0.5, zeroPoint: 100)
        #expect(y == [100, 100, 102, 100, 255, 0, 255, 0, 0, 255, 255])
    }
}
