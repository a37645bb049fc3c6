// Sums and activations on bytes.
import CSystem
import OcellusNetwork
import OcellusTensor

extension Int8Context {
    /// Any function of one value is a table of 256 bytes.
    func prepare(_ activation: Activation) throws(OcellusError) -> Int8Step {
        let source = try quantization(of: node.inputs[0])
        let target = try quantization(of: index)
        let table = try Buffer<UInt8>(count: 256)
        for byte in 0..<256 {
            table.pointer[byte] = target.quantize(activation.value(source.dequantize(UInt8(byte))))
        }
        return .lookup(LookupStep(table: table, count: output.count))
    }

    func prepareSum() throws(OcellusError) -> Int8Step {
        .sum(SumStep(parameters: try sum(node.inputs[0], node.inputs[1]), count: output.count, kernels: kernels))
    }

    /// A sum that does the upsampling of node `upsampled`, one of its operands.
    func prepareSum(upsampling upsampled: Int) throws(OcellusError) -> Int8Step {
        let same = node.inputs[0] == upsampled ? node.inputs[1] : node.inputs[0]
        let small = network.graph.nodes[upsampled].inputs[0]
        return .upsampledSum(
            UpsampledSumStep(
                parameters: try sum(same, upsampled), same: same, small: small,
                smallShape: network.graph.nodes[small].shape, shape: output, kernels: kernels))
    }

    /// y = zero point + round((a - za) * sa / sy + (b - zb) * sb / sy). (10)
    private func sum(_ first: Int, _ second: Int) throws(OcellusError) -> QuantizedSum {
        let (a, b) = (try quantization(of: first), try quantization(of: second))
        let y = try quantization(of: index)
        return QuantizedSum(
            multiplierA: a.scale / y.scale, zeroPointA: a.zeroPoint, multiplierB: b.scale / y.scale,
            zeroPointB: b.zeroPoint, zeroPoint: y.zeroPoint)
    }
}

extension Activation {
    func value(_ x: Float) -> Float {
        switch self {
        case .relu: return max(x, 0)
        case .relu6: return min(max(x, 0), 6)
        case .leakyReLU(let slope): return x > 0 ? x : x * slope
        case .sigmoid: return 1 / (1 + expf(-x))
        case .exponential: return expf(x)
        }
    }
}

struct LookupStep {
    /// The result for each byte.
    let table: Buffer<UInt8>
    let count: Int

    func run(_ x: UnsafePointer<UInt8>, _ y: UnsafeMutablePointer<UInt8>) {
        lookUpBytes(x, y, count: count, table: table.pointer)
    }
}

struct SumStep {
    let parameters: QuantizedSum
    let count: Int
    let kernels: KernelSet

    func run(
        _ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, _ y: UnsafeMutablePointer<UInt8>, _ pool: ThreadPool?
    ) {
        // Whole vectors of the widest kernels.
        ThreadPool.run(rows: (count &+ 63) / 64, on: pool) { part, _ in
            let first = 64 &* part.lowerBound
            addQuantized(
                a + first, b + first, y + first, count: min(count, 64 &* part.upperBound) &- first,
                parameters: parameters, kernels: kernels)
        }
    }
}
