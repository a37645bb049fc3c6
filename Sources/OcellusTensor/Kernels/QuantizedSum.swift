// Addition of byte tensors with different scales, alone or with the coarser one enlarged: a feature pyramid's step.
import CKernels

/// Scales and zero points of a sum y of byte tensors a and b:
///
///     y = zeroPoint + nearestEven(clamp(Float(a - zeroPointA) * multiplierA + Float(b - zeroPointB) * multiplierB))
///
/// in float32: two products, one sum, each rounded. multiplierA is a's scale over y's; clamp limits to
/// `lower - zeroPoint ... upper - zeroPoint`. Multipliers are finite.
public struct QuantizedSum: Sendable {
    public var multiplierA: Float
    public var zeroPointA: UInt8
    public var multiplierB: Float
    public var zeroPointB: UInt8
    public var zeroPoint: UInt8
    public var lower: UInt8
    public var upper: UInt8

    public init(
        multiplierA: Float, zeroPointA: UInt8, multiplierB: Float, zeroPointB: UInt8, zeroPoint: UInt8,
        lower: UInt8 = 0, upper: UInt8 = 255
    ) {
        self.multiplierA = multiplierA
        self.zeroPointA = zeroPointA
        self.multiplierB = multiplierB
        self.zeroPointB = zeroPointB
        self.zeroPoint = zeroPoint
        self.lower = lower
        self.upper = upper
    }

    fileprivate var kernelForm: ock_i8_sum {
        ock_i8_sum(
            multiplier_a: multiplierA, multiplier_b: multiplierB, zero_a: Int32(zeroPointA), zero_b: Int32(zeroPointB),
            finish: ock_i8_finish(
                lower: Float(Int(lower) - Int(zeroPoint)), upper: Float(Int(upper) - Int(zeroPoint)),
                zero_point: Int32(zeroPoint), floats: 0))
    }
}

/// y = a + b, `count` bytes each; y may be a or b.
public func addQuantized(
    _ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, _ y: UnsafeMutablePointer<UInt8>, count: Int,
    parameters: QuantizedSum, kernels: KernelSet = .best
) {
    var sum = parameters.kernelForm
    ock_i8_add(kernels.quantized, &sum, a, b, y, count)
}

/// y = a + b, where b is enlarged to y's size by nearest neighbour: source index = index * b's size / y's size.
///
/// `a` has y's shape and may be y; b has as many channels and images. `rows` is a range of batch * yShape.height.
public func addUpsampledQuantized(
    _ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, bShape: Shape, _ y: UnsafeMutablePointer<UInt8>,
    yShape: Shape, parameters: QuantizedSum, kernels: KernelSet = .best, rows: Range<Int>? = nil
) {
    var sum = parameters.kernelForm
    let channels = yShape.channels
    for row in rows ?? 0..<yShape.batch &* yShape.height {
        let from = row / yShape.height &* bShape.height &+ row % yShape.height &* bShape.height / yShape.height
        let source = b + from &* bShape.width &* channels
        let start = row &* yShape.width &* channels
        var x = 0
        while x < yShape.width {
            let column = x &* bShape.width / yShape.width
            let at = start &+ x &* channels
            ock_i8_add(kernels.quantized, &sum, a + at, source + column &* channels, y + at, channels)
            x &+= 1
        }
    }
}
