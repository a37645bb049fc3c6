// Pooling and nearest upsampling on bytes; operand and result share scale and zero point.
import OcellusNetwork
import OcellusTensor

extension Int8Context {
    func prepare(_ pooling: Pooling) throws(OcellusError) -> Int8Step {
        try requireOneScale()
        let zeroPoint = try quantization(of: index).zeroPoint
        return .pooling(BytePooling(pooling: pooling, input: input(), output: output, zeroPoint: Int(zeroPoint)))
    }

    func prepareUpsampling() throws(OcellusError) -> Int8Step {
        try requireOneScale()
        return .upsampling(ByteUpsampling(input: input(), output: output))
    }
}

struct BytePooling {
    let pooling: Pooling
    let input: Shape
    let output: Shape
    let zeroPoint: Int

    /// x: [N, h, w, C] -> y: [N, H, W, C]
    func run(_ x: UnsafePointer<UInt8>, _ y: UnsafeMutablePointer<UInt8>) {
        switch pooling.kind {
        case .maximum:
            maxPoolQuantized(
                x, input, y, output, kernelHeight: pooling.kernel, kernelWidth: pooling.kernel,
                strideHeight: pooling.stride, strideWidth: pooling.stride, paddingTop: pooling.padding,
                paddingLeft: pooling.padding)
        case .average: average(x, y)
        }
    }

    /// Averages of the positions inside the picture, rounded on the grid as in (3): ties go to an even number of steps.
    private func average(_ x: UnsafePointer<UInt8>, _ y: UnsafeMutablePointer<UInt8>) {
        let channels = output.channels
        for row in 0..<output.batch &* output.height {
            let image = x + row / output.height &* input.height &* input.width &* channels
            let first = row % output.height &* pooling.stride &- pooling.padding
            let (top, bottom) = (max(0, first), min(input.height, first &+ pooling.kernel))
            for column in 0..<output.width {
                let first = column &* pooling.stride &- pooling.padding
                let (left, right) = (max(0, first), min(input.width, first &+ pooling.kernel))
                let target = y + (row &* output.width &+ column) &* channels
                let count = (bottom &- top) &* (right &- left)
                for channel in 0..<channels {
                    var sum = -count &* zeroPoint
                    for i in top..<bottom {
                        for j in left..<right { sum &+= Int(image[(i &* input.width &+ j) &* channels &+ channel]) }
                    }
                    let (steps, rest) = (sum / count, sum % count)
                    let isFar = 2 &* abs(rest) > count || (2 &* abs(rest) == count && steps % 2 != 0)
                    target[channel] = UInt8(
                        truncatingIfNeeded: zeroPoint &+ steps &+ (isFar ? rest.signum() : 0))
                }
            }
        }
    }
}

struct ByteUpsampling {
    let input: Shape
    let output: Shape

    /// x: [N, h, w, C] -> y: [N, H, W, C]; source index floor(index * h / H).
    func run(_ x: UnsafePointer<UInt8>, _ y: UnsafeMutablePointer<UInt8>) {
        let channels = input.channels
        for n in 0..<output.batch {
            for row in 0..<output.height {
                let source = x + ((n &* input.height &+ row &* input.height / output.height) &* input.width &* channels)
                let target = y + ((n &* output.height &+ row) &* output.width &* channels)
                for column in 0..<output.width {
                    (target + (column &* channels)).copy(
                        from: source + ((column &* input.width / output.width) &* channels), count: channels)
                }
            }
        }
    }
}
