// One element at a time, eight at once.
import CSystem
import OcellusTensor

extension Activation {
    package func run(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ count: Int) {
        switch self {
        case .relu:
            map(x, y, count, { $0.clamped(lowerBound: .zero, upperBound: .init(repeating: .infinity)) }, { max($0, 0) })
        case .relu6:
            map(x, y, count, { $0.clamped(lowerBound: .zero, upperBound: .init(repeating: 6)) }, { min(max($0, 0), 6) })
        case .leakyReLU(let slope):
            map(x, y, count, { ($0 * slope).replacing(with: $0, where: $0 .> .zero) }, { $0 > 0 ? $0 : $0 * slope })
        case .sigmoid: for i in 0..<count { y[i] = 1 / (1 + expf(-x[i])) }
        case .exponential: for i in 0..<count { y[i] = expf(x[i]) }
        }
    }
}

@inline(__always)
private func map(
    _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ count: Int,
    _ vector: (SIMD8<Float>) -> SIMD8<Float>, _ single: (Float) -> Float
) {
    let whole = count & ~7
    var i = 0
    while i < whole {
        store(vector(load(x + i)), y + i)
        i &+= 8
    }
    while i < count {
        y[i] = single(x[i])
        i &+= 1
    }
}

func addElements(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ count: Int
) {
    combine(a, b, y, count, { $0 + $1 }, { $0 + $1 })
}

func multiplyElements(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ count: Int
) {
    combine(a, b, y, count, { $0 * $1 }, { $0 * $1 })
}

@inline(__always)
private func combine(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ count: Int,
    _ vector: (SIMD8<Float>, SIMD8<Float>) -> SIMD8<Float>, _ single: (Float, Float) -> Float
) {
    let whole = count & ~7
    var i = 0
    while i < whole {
        store(vector(load(a + i), load(b + i)), y + i)
        i &+= 8
    }
    while i < count {
        y[i] = single(a[i], b[i])
        i &+= 1
    }
}

@inline(__always)
private func load(_ pointer: UnsafePointer<Float>) -> SIMD8<Float> {
    UnsafeRawPointer(pointer).loadUnaligned(as: SIMD8<Float>.self)
}

@inline(__always)
private func store(_ value: SIMD8<Float>, _ pointer: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: value, as: SIMD8<Float>.self)
}
