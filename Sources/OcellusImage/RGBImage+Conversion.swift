// Any picture as RGB, at its own size: for looking at, drawing and saving. Networks are fed by `Preprocessor`.
import OcellusTensor

extension RGBImage {
    /// A copy of `image` in RGB. YUYV and NV12 are BT.601 limited range.
    ///
    /// Throws `.invalidArgument` for more than 2^30 bytes, `.outOfMemory`.
    public init(_ image: ImageView) throws(OcellusError) {
        try self.init(width: image.width, height: image.height)
        try copy(image)
    }

    /// Writes `image` over the pixels. Throws `.invalidArgument` when the sizes differ, `.outOfMemory`.
    @_optimize(speed)
    public func copy(_ image: ImageView) throws(OcellusError) {
        guard width == image.width, height == image.height else {
            throw OcellusError(
                .invalidArgument,
                "a picture of \(image.width)x\(image.height) pixels does not fit one of \(width)x\(height)")
        }
        let rows = try SourceRows(width: width, format: image.format, kernels: .best)
        let (step, channels) = (rows.pixelBytes, rows.channels)
        let (red, green, blue) = (Int(channels.x), Int(channels.y), Int(channels.z))
        for y in 0..<height {
            let source = rows.row(y, of: image)
            let target = pixels.pointer + y &* width &* 3
            if image.format == .rgb8 {
                target.update(from: source, count: width &* 3)
                continue
            }
            for x in 0..<width {
                let pixel = source + x &* step
                target[x &* 3] = pixel[red]
                target[x &* 3 &+ 1] = pixel[green]
                target[x &* 3 &+ 2] = pixel[blue]
            }
        }
    }
}
