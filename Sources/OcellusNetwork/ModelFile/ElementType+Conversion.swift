// Stored numbers to Float. Data may stand at any address: every read is an unaligned one.
import OcellusTensor

extension ElementType {
    /// Converts as many elements as both sides hold. Integers and doubles are rounded to the nearest Float;
    /// booleans become 0 and 1. `bytes` may be unaligned.
    public func convert(_ bytes: UnsafeBufferPointer<UInt8>, to floats: UnsafeMutableBufferPointer<Float>) {
        let raw = UnsafeRawBufferPointer(bytes)
        let count = min(raw.count / size, floats.count)
        switch self {
        case .float32:
            for index in 0..<count { floats[index] = raw.loadUnaligned(fromByteOffset: index &* 4, as: Float.self) }
        case .float64:
            for index in 0..<count {
                floats[index] = Float(raw.loadUnaligned(fromByteOffset: index &* 8, as: Double.self))
            }
        case .float16:
            for index in 0..<count {
                floats[index] = ElementType.float(half: raw.loadUnaligned(fromByteOffset: index &* 2, as: UInt16.self))
            }
        case .bfloat16:
            for index in 0..<count {
                let bits = raw.loadUnaligned(fromByteOffset: index &* 2, as: UInt16.self)
                floats[index] = Float(bitPattern: UInt32(bits) << 16)
            }
        case .int8:
            for index in 0..<count { floats[index] = Float(Int8(bitPattern: raw[index])) }
        case .uint8:
            for index in 0..<count { floats[index] = Float(raw[index]) }
        case .int16:
            for index in 0..<count {
                floats[index] = Float(raw.loadUnaligned(fromByteOffset: index &* 2, as: Int16.self))
            }
        case .int32:
            for index in 0..<count {
                floats[index] = Float(raw.loadUnaligned(fromByteOffset: index &* 4, as: Int32.self))
            }
        case .int64:
            for index in 0..<count {
                floats[index] = Float(raw.loadUnaligned(fromByteOffset: index &* 8, as: Int64.self))
            }
        case .bool:
            for index in 0..<count { floats[index] = raw[index] == 0 ? 0 : 1 }
        }
    }

    /// IEEE 754 binary16 by its fields; not `Float16`, which does not exist on every platform Swift runs on.
    static func float(half bits: UInt16) -> Float {
        let sign = UInt32(bits & 0x8000) << 16
        let exponent = UInt32(bits >> 10) & 0x1F
        let fraction = UInt32(bits & 0x3FF)
        switch exponent {
        case 0:
            // Subnormal: fraction · 2^-24, exact in Float.
            let magnitude = Float(fraction) * 0x1p-24
            return sign == 0 ? magnitude : -magnitude
        case 31:
            return Float(bitPattern: sign | 0x7F80_0000 | (fraction << 13))
        default:
            return Float(bitPattern: sign | ((exponent + 112) << 23) | (fraction << 13))
        }
    }
}
