// A canvas as YuNet takes it: levels (0...255) in the order BGR, in a frame whose sides 32 divides.
import OcellusData
import OcellusImage
import OcellusTensor

/// Where pictures of one size lie in YuNet's input. Threads may share one.
struct YuNetFrame: Sendable {
    /// Sides of the pictures, in pixels.
    let pictureHeight: Int
    let pictureWidth: Int
    /// Blue, green, red around them.
    let ground: SIMD3<Float>
    private let input: Preprocessing

    /// For canvases that are `enlargement` times as large as the student's input, its mean around them.
    init(_ input: Preprocessing, enlargement: Float) {
        pictureHeight = SampleSource.side(input.inputHeight, detail: enlargement)
        pictureWidth = SampleSource.side(input.inputWidth, detail: enlargement)
        self.input = input
        let mean = input.mean
        ground = input.channelOrder == .bgr ? mean : SIMD3(mean[2], mean[1], mean[0])
    }

    /// Sides of the frame.
    var height: Int { (pictureHeight + 31) / 32 * 32 }
    var width: Int { (pictureWidth + 31) / 32 * 32 }

    /// Writes a picture at the top left of a frame, [height, width, 3].
    ///
    /// Throws `.invalidArgument` for one of another size.
    func write(_ picture: RGBImage, into frame: UnsafeMutablePointer<Float>) throws(OcellusError) {
        guard picture.width == pictureWidth, picture.height == pictureHeight else {
            throw OcellusError(
                .invalidArgument,
                "a picture of \(picture.width)x\(picture.height) for a teacher that looks at \(pictureWidth)x\(pictureHeight)"
            )
        }
        fill(frame) { pixel in
            let source = picture.pixels.pointer + 3 * pixel
            return SIMD3(Float(source[2]), Float(source[1]), Float(source[0]))
        }
    }

    /// The same for a picture as the student gets it, of its input's size: its levels are found again.
    func write(_ picture: UnsafePointer<Float>, into frame: UnsafeMutablePointer<Float>) {
        fill(frame) { pixel in
            let source = picture + 3 * pixel
            let levels = SIMD3(source[0], source[1], source[2]) / input.scale + input.mean
            return input.channelOrder == .bgr ? levels : SIMD3(levels[2], levels[1], levels[0])
        }
    }

    /// Asks for the picture's pixels, numbered row by row, and puts `ground` around them.
    private func fill(_ frame: UnsafeMutablePointer<Float>, _ level: (_ pixel: Int) -> SIMD3<Float>) {
        for y in 0..<height {
            let target = frame + y * width * 3
            let seen = y < pictureHeight ? pictureWidth : 0
            for x in 0..<width {
                let levels = x < seen ? level(y * pictureWidth + x) : ground
                for channel in 0..<3 { target[3 * x + channel] = levels[channel] }
            }
        }
    }
}
