// Pooling and nearest upsampling on bytes; operand and result share scale and zero point.
import OcellusNetwork
import OcellusTensor

extension Int8Context {
    func prepare(_ pooling: Pooling) throws(OcellusError) -> Int8Step {
        _ = try quantization(of: index)
        return .pooling(BytePooling(pooling: pooling, input: input(), output: output))
    }

    func prepareUpsampling() throws(OcellusError) -> Int8Step {
        _ = try quantization(of: index)
        return .upsampling(ByteUpsampling(input: input(), output: output))
    }
}

struct BytePooling {
    let pooling: Pooling
    let input: Shape
    let output: Shape

    /// x: [N, h, w, C] -> y: [N, H, W, C]; averages round half up on the grid.
    func run(_ x: UnsafePointer<UInt8>, _ y: UnsafeMutablePointer<UInt8>) {
        for n in 0..<output.batch {
            for row in 0..<output.height {
                let top = max(0, row &* pooling.stride &- pooling.padding)
                let bottom = min(input.height, row &* pooling.stride &- pooling.padding &+ pooling.kernel)
                for column in 0..<output.width {
                    let left = max(0, column &* pooling.stride &- pooling.padding)
                    let right = min(input.width, column &* pooling.stride &- pooling.padding &+ pooling.kernel)
                    let target = y + (((n &* output.height &+ row) &* output.width &+ column) &* output.channels)
                    for channel in 0..<output.channels {
                        var (largest, sum) = (UInt8(0), 0)
                        for i in top..<bottom {
                            for j in left..<right {
                                let value = x[((n &* input.height &+ i) &* input.width &+ j) &* input.channels &+ channel]
                                largest = max(largest, value)
                                sum &+= Int(value)
                            }
                        }
                        let count = (bottom &- top) &* (right &- left)
                        target[channel] =
                            pooling.kind == .maximum ? largest : UInt8(truncatingIfNeeded: (sum &+ count / 2) / count)
                    }
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
                    (target + (column &* channels)).update(
                        from: source + ((column &* input.width / output.width) &* channels), count: channels)
                }
            }
        }
    }
}
