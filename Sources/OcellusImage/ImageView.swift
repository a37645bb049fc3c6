// A picture that somebody else owns, looked at without a copy: a camera's buffer, a caller's array, an `RGBImage`.
// Every size is checked here once, so that nothing behind it has to check again.
import OcellusTensor

/// A borrowed picture. The memory must stay valid and unchanged while the view is in use.
///
/// Not sendable: the view goes where its memory may go.
public struct ImageView {
    /// Largest width and height, in pixels.
    public static let sideLimit = 32768

    /// The first byte of the top row.
    public let pixels: UnsafePointer<UInt8>
    /// In pixels, 1...32768.
    public let width: Int
    /// In pixels, 1...32768.
    public let height: Int
    /// Bytes from one row to the next, at least the bytes of a row.
    public let stride: Int
    public let format: PixelFormat
    /// NV12's plane of U V pairs, (height + 1) / 2 rows of `width` bytes; nil for every other format.
    public let chroma: UnsafePointer<UInt8>?
    /// Bytes from one chroma row to the next; 0 without a chroma plane.
    public let chromaStride: Int
    /// Keeps the memory alive where the library owns it.
    let owner: Buffer<UInt8>?

    /// A view of `height` rows of `width` pixels, `stride` bytes apart. A stride of 0 means tightly packed.
    ///
    /// The last row needs only its own bytes, not a whole stride. `chroma` and `chromaStride` are NV12's second plane:
    /// nil means directly behind the first plane (`stride * height` bytes on), 0 means the stride of the first.
    /// Throws `.invalidArgument` for a size outside 1...32768, an odd width with YUYV or NV12, a stride that is
    /// negative or smaller than a row, or one so large that the picture's size cannot be expressed.
    public init(
        pixels: UnsafePointer<UInt8>, width: Int, height: Int, stride: Int = 0, format: PixelFormat,
        chroma: UnsafePointer<UInt8>? = nil, chromaStride: Int = 0
    ) throws(OcellusError) {
        let limit = ImageView.sideLimit
        guard width >= 1, width <= limit, height >= 1, height <= limit else {
            throw OcellusError(
                .invalidArgument,
                "a picture of \(width)x\(height) pixels: expected a width and a height from 1 to \(limit)")
        }
        guard !format.needsEvenWidth || width % 2 == 0 else {
            throw OcellusError(
                .invalidArgument,
                "a \(format.name) picture \(width) pixels wide: expected an even width, two pixels share a colour")
        }
        let rowBytes = format.rowBytes(width: width)
        self.stride = try ImageView.checked(stride, "stride", rowBytes, rows: height)
        self.pixels = pixels
        self.width = width
        self.height = height
        self.format = format
        if format == .nv12 {
            let rows = (height + 1) / 2
            self.chromaStride = try ImageView.checked(
                chromaStride == 0 ? self.stride : chromaStride, "chroma stride", width, rows: rows)
            self.chroma = chroma ?? pixels + self.stride * height
        } else {
            self.chromaStride = 0
            self.chroma = nil
        }
        owner = nil
    }

    /// For memory whose size the library chose itself.
    init(owned pixels: Buffer<UInt8>, width: Int, height: Int) {
        self.pixels = UnsafePointer(pixels.pointer)
        self.width = width
        self.height = height
        stride = width * 3
        format = .rgb8
        chroma = nil
        chromaStride = 0
        owner = pixels
    }

    /// Bytes from `pixels` to the end of the last row, and for NV12 to the end of a chroma plane that lies directly
    /// behind the first. What a buffer must hold for this view to be safe.
    public var byteCount: Int {
        let rowBytes = format.rowBytes(width: width)
        guard format == .nv12 else { return stride * (height - 1) + rowBytes }
        return stride * height + chromaStride * ((height + 1) / 2 - 1) + width
    }

    private static func checked(
        _ stride: Int, _ name: String, _ rowBytes: Int, rows: Int
    ) throws(OcellusError) -> Int {
        if stride == 0 { return rowBytes }
        guard stride >= rowBytes else {
            throw OcellusError(
                .invalidArgument,
                "a \(name) of \(stride) bytes: expected 0 (tightly packed) or at least \(rowBytes), the bytes of a row")
        }
        // A quarter of the address space: two planes together still cannot overflow.
        let (bytes, overflow) = stride.multipliedReportingOverflow(by: rows)
        guard !overflow, bytes <= Int.max / 4 else {
            throw OcellusError(
                .invalidArgument, "a \(name) of \(stride) bytes and \(rows) rows: no memory is that large")
        }
        return stride
    }
}
