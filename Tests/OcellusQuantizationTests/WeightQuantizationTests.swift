// Equations (4), (5) and (7): weights a scale an output channel, biases in the accumulator's steps.
import OcellusQuantization
import OcellusTensor
import TestSupport
import Testing

@Suite("Weights") struct WeightQuantizationTests {
    private func quantize(
        _ weights: [Float], _ bias: [Float]?, channels: Int, inputScale: Float = 0.02
    ) throws(OcellusError) -> QuantizedConvolution {
        let real = try Buffer(weights)
        let realBias = try bias.map { (values) throws(OcellusError) in try Buffer(values) }
        return try QuantizedConvolution(
            weights: UnsafeBufferPointer(real.elements), bias: realBias.map { UnsafePointer($0.pointer) },
            outputChannels: channels, inputScale: inputScale)
    }

    @Test("each weight is within half a step of its own channel's scale, and the largest is 127")
    func halfAStep() throws {
        var random = SeededGenerator(seed: 4)
        for _ in 0..<50 {
            let (channels, each) = (random.integer(1...9), random.integer(1...70))
            var weights: [Float] = []
            for _ in 0..<channels {
                let size = Float(sign: .plus, exponent: random.integer(-20...10), significand: 1)
                weights += random.floats(each, -size...size)
            }
            let bias = random.floats(channels, -0.01...0.01)
            let numbers = try quantize(weights, nil, channels: channels)
            let withBias = try quantize(weights, bias, channels: channels)
            for channel in 0..<channels {
                let own = weights[channel * each..<(channel + 1) * each]
                let scale = numbers.scales.pointer[channel]
                #expect(scale == own.map { abs($0) }.max()! / 127)
                for (index, weight) in own.enumerated() {
                    let byte = numbers.weights.pointer[channel * each + index]
                    #expect(abs(Double(scale) * Double(byte) - Double(weight)) <= Double(scale) * 0.50001)
                }
                let bytes = (0..<each).map { abs(Int(numbers.weights.pointer[channel * each + $0])) }
                #expect(bytes.max() == 127)
                let step = Double(0.02 as Float) * Double(withBias.scales.pointer[channel])
                let steps = withBias.bias.pointer[channel]
                #expect(abs(Double(steps) * step - Double(bias[channel])) <= step * 0.50001)
            }
        }
    }

    @Test("a channel of zeros stays zeros, and its bias is kept")
    func zeros() throws {
        let numbers = try quantize([0, 0, 1, -2], [3, 0.5], channels: 2)
        #expect(numbers.weights.pointer[0] == 0 && numbers.weights.pointer[1] == 0)
        let kept = Double(numbers.bias.pointer[0]) * 0.02 * Double(numbers.scales.pointer[0])
        #expect(abs(kept - 3) < 1e-6)
        let nothing = try quantize([0, 0], nil, channels: 1)
        #expect(nothing.scales.pointer[0] == 1 && nothing.bias.pointer[0] == 0)
    }

    @Test("a bias that dwarfs its weights coarsens their scale and stays below 2^29 steps")
    func hugeBias() throws {
        for bias: Float in [1e4, -1e6, 1e8, -3e9] {
            let numbers = try quantize([1e-6, -1e-7, 2e-6], [bias], channels: 1)
            let steps = numbers.bias.pointer[0]
            #expect(abs(Int(steps)) < 1 << 29)
            let kept = Double(steps) * Double(0.02 as Float) * Double(numbers.scales.pointer[0])
            #expect(abs(kept / Double(bias) - 1) < 1e-6)
        }
    }

    @Test("numbers that are not finite or too large are refused with the channel, never a trap")
    func refused() throws {
        for (weights, bias): ([Float], [Float]) in [
            ([1, .nan], [0, 0]), ([1, .infinity], [0, 0]), ([1, -.infinity], [0, 0]), ([1, 3e38], [0, 0]),
            ([1, 1], [0, .nan]), ([1, 1], [0, .infinity]), ([1, 1], [0, -3e38]),
        ] {
            let error = #expect(throws: OcellusError.self) { try quantize(weights, bias, channels: 2) }
            #expect(error?.code == .invalidData && error?.message.contains("channel 1") == true)
        }
    }
}
