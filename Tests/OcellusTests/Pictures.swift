// Pictures for the detector, made and not read: smooth blobs of grey, in every pixel format.
import OcellusImage
import OcellusTensor
import TestSupport

/// A picture with the memory it lies in.
struct TestPicture {
    let memory: Buffer<UInt8>
    let width: Int
    let height: Int
    let format: PixelFormat

    func withView<Result>(_ body: (ImageView) throws -> Result) throws -> Result {
        try withExtendedLifetime(memory) {
            try body(ImageView(pixels: memory.pointer, width: width, height: height, format: format))
        }
    }

    /// Grey levels 0...255 that change slowly, the same for the same seed.
    static func grey(_ width: Int, _ height: Int, seed: UInt64) throws -> TestPicture {
        var random = SeededGenerator(seed: seed)
        let (across, down) = (9, 9)
        let knots = (0..<across * down).map { _ in random.float(0...255) }
        let memory = try Buffer<UInt8>(count: width * height)
        for y in 0..<height {
            let v = Float(y) / Float(max(1, height)) * Float(down - 1)
            for x in 0..<width {
                let u = Float(x) / Float(max(1, width)) * Float(across - 1)
                let (i, j) = (Int(v), Int(u))
                let (a, b) = (v - Float(i), u - Float(j))
                let top = knots[i * across + j] * (1 - b) + knots[i * across + j + 1] * b
                let bottom = knots[(i + 1) * across + j] * (1 - b) + knots[(i + 1) * across + j + 1] * b
                memory.pointer[y * width + x] = UInt8(top * (1 - a) + bottom * a)
            }
        }
        return TestPicture(memory: memory, width: width, height: height, format: .grey8)
    }

    /// A grey picture with the same levels in another format; width and height are even.
    func converted(to format: PixelFormat) throws -> TestPicture {
        let count = width * height
        let bytes = try Buffer<UInt8>(count: format == .nv12 ? count * 3 / 2 : format.rowBytes(width: width) * height)
        if format == .nv12 { bytes.elements[count...].update(repeating: 128) }
        for index in 0..<count {
            let level = memory.pointer[index]
            let luma = UInt8(16 + (Float(level) * 219 / 255).rounded())
            switch format {
            case .grey8: bytes.pointer[index] = level
            case .rgb8, .bgr8: for c in 0..<3 { bytes.pointer[3 * index + c] = level }
            case .rgba8, .bgra8:
                for c in 0..<3 { bytes.pointer[4 * index + c] = level }
                bytes.pointer[4 * index + 3] = UInt8(index % 256)
            case .yuyv:
                bytes.pointer[2 * index] = luma
                bytes.pointer[2 * index + 1] = 128
            case .nv12: bytes.pointer[index] = luma
            }
        }
        return TestPicture(memory: bytes, width: width, height: height, format: format)
    }
}
