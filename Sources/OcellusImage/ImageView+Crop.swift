// A part of a picture, still without a copy.
import OcellusTensor

extension ImageView {
    /// The part of `width` x `height` pixels whose top left corner is at `x`, `y`. It borrows the same memory.
    ///
    /// Throws `.invalidArgument` for a part that is not inside, and for odd `x` (`y` too for NV12) where pixels share
    /// their colour.
    public func cropped(x: Int, y: Int, width: Int, height: Int) throws(OcellusError) -> ImageView {
        guard x >= 0, y >= 0, width > 0, height > 0, x <= self.width - width, y <= self.height - height else {
            throw OcellusError(
                .invalidArgument,
                "a part of \(width)x\(height) at \(x),\(y) is not inside a picture of \(self.width)x\(self.height)")
        }
        guard !format.needsEvenWidth || x % 2 == 0, format != .nv12 || y % 2 == 0 else {
            throw OcellusError(.invalidArgument, "a part of a \(format.name) picture cannot begin at odd \(x),\(y)")
        }
        return try ImageView(
            pixels: pixels + y * stride + format.rowBytes(width: x), width: width, height: height, stride: stride,
            format: format, chroma: chroma.map { $0 + (y / 2) * chromaStride + x }, chromaStride: chromaStride)
    }
}
