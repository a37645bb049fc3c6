// A picture the library owns: tightly packed RGB, 8 bits a channel. What files are decoded into.
import OcellusTensor

/// `height` rows of `width` pixels of three bytes: red, green, blue.
///
/// A copy shares its pixels with the original.
public struct RGBImage {
    /// Largest size of the pixels in bytes.
    public static let byteLimit = 1 << 30

    /// `width * height * 3` bytes, black at first.
    public let pixels: Buffer<UInt8>
    /// In pixels, 1...32768.
    public let width: Int
    /// In pixels, 1...32768.
    public let height: Int

    /// A black picture.
    ///
    /// Throws `.invalidArgument` for a side outside 1...32768 or more than 2^30 bytes, `.outOfMemory` when the memory
    /// is not to be had.
    public init(width: Int, height: Int) throws(OcellusError) {
        let limit = ImageView.sideLimit
        guard width >= 1, width <= limit, height >= 1, height <= limit else {
            throw OcellusError(
                .invalidArgument,
                "a picture of \(width)x\(height) pixels: expected a width and a height from 1 to \(limit)")
        }
        let bytes = width * height * 3
        guard bytes <= RGBImage.byteLimit else {
            throw OcellusError(
                .invalidArgument,
                "a picture of \(width)x\(height) pixels takes \(bytes) bytes: at most \(RGBImage.byteLimit) are allowed"
            )
        }
        pixels = try Buffer(count: bytes)
        self.width = width
        self.height = height
    }

    /// The picture as a view, which keeps the pixels alive.
    public var view: ImageView { ImageView(owned: pixels, width: width, height: height) }
}
