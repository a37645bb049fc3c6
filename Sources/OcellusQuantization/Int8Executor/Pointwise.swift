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

    /// y = zero point + round((a - za) * sa / sy + (b - zb) * sb / sy). (10)
    func prepareSum() throws(OcellusError) -> Int8Step {
        let (a, b) = (try quantization(of: node.inputs[0]), try quantization(of: node.inputs[1]))
        let y = try quantization(of: index)
        let parameters = QuantizedSum(
            multiplierA: a.scale / y.scale, zeroPointA: a.zeroPoint, multiplierB: b.scale / y.scale,
            zeroPointB: b.zeroPoint, zeroPoint: y.zeroPoint)
        return .sum(SumStep(parameters: parameters, count: output.count, kernels: kernels))
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
        for index in 0..<count { y[index] = table.pointer[Int(x[index])] }
    }
}

struct SumStep {
    let parameters: QuantizedSum
    let count: Int
    let kernels: KernelSet

    func run(_ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, _ y: UnsafeMutablePointer<UInt8>) {
        addQuantized(a, b, y, count: count, parameters: parameters, kernels: kernels)
    }
}
