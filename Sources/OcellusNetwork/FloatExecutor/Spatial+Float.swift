// Pooling and nearest upsampling.
import OcellusTensor

extension Pooling {
    /// x: [N, h, w, C] -> y: [N, H, W, C]
    package func run(_ x: UnsafePointer<Float>, _ input: Shape, _ y: UnsafeMutablePointer<Float>, _ output: Shape) {
        let channels = input.channels
        for n in 0..<output.batch {
            for row in 0..<output.height {
                let top = max(0, row &* stride &- padding)
                let bottom = min(input.height, row &* stride &- padding &+ kernel)
                for column in 0..<output.width {
                    let left = max(0, column &* stride &- padding)
                    let right = min(input.width, column &* stride &- padding &+ kernel)
                    let target = y + (((n &* output.height &+ row) &* output.width &+ column) &* channels)
                    for c in 0..<channels { target[c] = kind == .maximum ? -.infinity : 0 }
                    for i in top..<bottom {
                        for j in left..<right {
                            let source = x + (((n &* input.height &+ i) &* input.width &+ j) &* channels)
                            switch kind {
                            case .maximum: for c in 0..<channels { target[c] = max(target[c], source[c]) }
                            case .average: for c in 0..<channels { target[c] += source[c] }
                            }
                        }
                    }
                    guard kind == .average else { continue }
                    let factor = 1 / Float((bottom &- top) &* (right &- left))
                    for c in 0..<channels { target[c] *= factor }
                }
            }
        }
    }
}

extension Upsampling {
    /// x: [N, h, w, C] -> y: [N, height, width, C]
    func run(_ x: UnsafePointer<Float>, _ input: Shape, _ y: UnsafeMutablePointer<Float>) {
        let channels = input.channels
        for n in 0..<input.batch {
            for row in 0..<height {
                let source = x + ((n &* input.height &+ row &* input.height / height) &* input.width &* channels)
                let target = y + ((n &* height &+ row) &* width &* channels)
                for column in 0..<width {
                    (target + (column &* channels)).copy(
                        from: source + ((column &* input.width / width) &* channels), count: channels)
                }
            }
        }
    }
}
