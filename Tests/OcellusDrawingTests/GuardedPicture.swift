// A picture with a frame of marked bytes around it, so that a test sees a write that misses the picture.
import OcellusDrawing
import Testing

/// Rows lie `stride` bytes apart; everything that is not picture holds `mark`.
final class GuardedPicture {
    static let mark: UInt8 = 0xA5
    static let margin = 64

    let width: Int
    let height: Int
    let stride: Int
    private var memory: UnsafeMutablePointer<UInt8>
    private let count: Int

    init(width: Int, height: Int, grey: UInt8 = 0) {
        self.width = width
        self.height = height
        stride = width * 3 + GuardedPicture.margin
        count = stride * (height + 8)
        memory = .allocate(capacity: count)
        memory.initialize(repeating: GuardedPicture.mark, count: count)
        for row in 0..<height {
            for byte in 0..<width * 3 { memory[(row + 4) * stride + byte] = grey }
        }
    }

    deinit { memory.deallocate() }

    func canvas() throws -> Canvas {
        try Canvas(pixels: memory + 4 * stride, width: width, height: height, stride: stride)
    }

    /// Red of one pixel.
    subscript(x: Int, y: Int) -> UInt8 { memory[(y + 4) * stride + x * 3] }

    func colour(_ x: Int, _ y: Int) -> [UInt8] { (0..<3).map { memory[(y + 4) * stride + x * 3 + $0] } }

    /// Every byte of the picture, row by row.
    var bytes: [UInt8] {
        (0..<height).flatMap { row in (0..<width * 3).map { memory[(row + 4) * stride + $0] } }
    }

    /// Red of every pixel, added up.
    var sum: Int { (0..<height).reduce(0) { s, y in (0..<width).reduce(s) { $0 + Int(self[$1, y]) } } }

    var isFrameIntact: Bool {
        (0..<count).allSatisfy {
            let (row, column) = (($0 / stride) - 4, $0 % stride)
            let isPicture = row >= 0 && row < height && column < width * 3
            return isPicture || memory[$0] == GuardedPicture.mark
        }
    }
}

/// FNV-1a, 64 bits.
func fingerprint(_ bytes: [UInt8]) -> UInt64 {
    bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
}
