// Byte tensors without products: pooling, lookup, and to and from float.
// Plain Swift: these are small beside convolutions.

/// Largest byte of each window, NHWC; taps outside the input do not take part, and a window without any gives 0.
///
/// Channels and images are as many in both shapes. `rows` is a range of batch * outputShape.height.
public func maxPoolQuantized(
    _ input: UnsafePointer<UInt8>, _ inputShape: Shape, _ output: UnsafeMutablePointer<UInt8>, _ outputShape: Shape,
    kernelHeight: Int, kernelWidth: Int, strideHeight: Int, strideWidth: Int, paddingTop: Int = 0,
    paddingLeft: Int = 0, rows: Range<Int>? = nil
) {
    let channels = outputShape.channels
    for row in rows ?? 0..<outputShape.batch &* outputShape.height {
        let image = input + row / outputShape.height &* inputShape.height &* inputShape.width &* channels
        let top = row % outputShape.height &* strideHeight &- paddingTop
        for column in 0..<outputShape.width {
            let left = column &* strideWidth &- paddingLeft
            let to = output + (row &* outputShape.width &+ column) &* channels
            to.update(repeating: 0, count: channels)
            var y = max(top, 0)
            while y < min(top &+ kernelHeight, inputShape.height) {
                var x = max(left, 0)
                while x < min(left &+ kernelWidth, inputShape.width) {
                    let from = image + (y &* inputShape.width &+ x) &* channels
                    var channel = 0
                    while channel < channels {
                        to[channel] = max(to[channel], from[channel])
                        channel &+= 1
                    }
                    x &+= 1
                }
                y &+= 1
            }
        }
    }
}

/// output[i] = table[input[i]]: any function of one byte tensor. `table` has 256 entries; output may be input.
public func lookUpBytes(
    _ input: UnsafePointer<UInt8>, _ output: UnsafeMutablePointer<UInt8>, count: Int, table: UnsafePointer<UInt8>
) {
    var index = 0
    while index < count {
        output[index] = table[Int(input[index])]
        index &+= 1
    }
}

/// output[i] = scale * Float(input[i] - zeroPoint).
public func dequantizeBytes(
    _ input: UnsafePointer<UInt8>, _ output: UnsafeMutablePointer<Float>, count: Int, scale: Float, zeroPoint: UInt8
) {
    let zero = Int32(zeroPoint)
    var index = 0
    while index < count {
        output[index] = scale * Float(Int32(input[index]) &- zero)
        index &+= 1
    }
}

/// output[i] = zeroPoint + nearestEven(input[i] / scale), limited to 0...255; what is not a number becomes 0.
public func quantizeBytes(
    _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<UInt8>, count: Int, scale: Float, zeroPoint: UInt8
) {
    let lower = -Float(zeroPoint)
    let upper = 255 + lower
    let zero = Int32(zeroPoint)
    var index = 0
    while index < count {
        var value = input[index] / scale
        value = value > lower ? value : lower
        value = value < upper ? value : upper
        // Adding 1.5 * 2^23 leaves no room for a fraction: the sum is rounded to nearest, ties to even.
        let rounded = (value + 12_582_912) - 12_582_912
        output[index] = UInt8(truncatingIfNeeded: Int32(rounded) &+ zero)
        index &+= 1
    }
}
