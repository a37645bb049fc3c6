// The ways to a picture that need memory of their own: repacking, and decoding by other libraries.
import CCamera
import OcellusImage
import OcellusTensor

extension FrameConverter {
    /// The frame as it lies, or a copy with its range reduced where a YUV source takes all of it.
    func view(
        _ base: UnsafePointer<UInt8>, _ pixels: PixelFormat, chroma: UnsafePointer<UInt8>? = nil, chromaStride: Int = 0
    ) throws(OcellusError) -> ImageView {
        guard pixels.needsEvenWidth, format.isFullRange else {
            return try ImageView(
                pixels: base, width: format.width, height: format.height, stride: stride, format: pixels,
                chroma: chroma, chromaStride: chromaStride)
        }
        guard let chroma else { return try repackedPairs(base, SIMD4(0, 1, 2, 3)) }
        return try planes(base, u: chroma, v: chroma + 1, stride: chromaStride, step: 2)
    }

    /// Packed pairs of pixels in another order, as YUYV.
    func repackedPairs(_ base: UnsafePointer<UInt8>, _ order: SIMD4<UInt8>) throws(OcellusError) -> ImageView {
        let target = try memory(format.width * 2 * format.height)
        withUnsafeBytes(of: order) { order in
            occ_repack_packed(
                base, stride, target, format.width, format.height,
                order.bindMemory(to: UInt8.self).baseAddress, format.isFullRange ? 1 : 0)
        }
        return try ImageView(pixels: target, width: format.width, height: format.height, format: .yuyv)
    }

    /// NV21, YU12 and YV12 as NV12. Luma stays where it is.
    func repackedPlanes(_ base: UnsafePointer<UInt8>) throws(OcellusError) -> ImageView {
        let chroma = base + stride * format.height
        guard case .planar(let vFirst) = layout else {
            return try planes(base, u: chroma + 1, v: chroma, stride: stride, step: 2)
        }
        let second = chroma + stride / 2 * ((format.height + 1) / 2)
        return try planes(
            base, u: vFirst ? second : chroma, v: vFirst ? chroma : second, stride: stride / 2, step: 1)
    }

    private func planes(
        _ luma: UnsafePointer<UInt8>, u: UnsafePointer<UInt8>, v: UnsafePointer<UInt8>, stride chromaStride: Int,
        step: Int
    ) throws(OcellusError) -> ImageView {
        let (width, height) = (format.width, format.height)
        let rows = (height + 1) / 2
        let lumaBytes = format.isFullRange ? width * height : 0
        let target = try memory(lumaBytes + width * rows)
        let fullRange: Int32 = format.isFullRange ? 1 : 0
        occ_repack_chroma(u, v, chromaStride, step, target + lumaBytes, width / 2, rows, fullRange)
        if format.isFullRange { occ_repack_luma(luma, stride, target, width, height) }
        return try ImageView(
            pixels: format.isFullRange ? UnsafePointer(target) : luma, width: width, height: height,
            stride: format.isFullRange ? width : stride, format: .nv12, chroma: target + lumaBytes,
            chromaStride: width)
    }

    /// A JPEG picture, at half, a quarter or an eighth of its size as long as the longer side keeps `minimumSide`.
    func decoded(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, _ minimumSide: Int
    ) throws(OcellusError) -> ImageView {
        guard let jpeg else { throw OcellusError(.unsupported, "libturbojpeg is not loaded") }
        var (width, height) = (Int32(0), Int32(0))
        guard occ_jpeg_size(jpeg, bytes, count, &width, &height) == OCC_JPEG_OK else {
            throw OcellusError(.invalidData, "a frame of \(count) bytes is no JPEG picture")
        }
        let declared = format.width == 0 || (Int(width) == format.width && Int(height) == format.height)
        guard declared, width <= ImageView.sideLimit, height <= ImageView.sideLimit,
            Int(width) * Int(height) * 3 <= RGBImage.byteLimit
        else {
            throw OcellusError(
                .invalidData,
                "a JPEG picture of \(width)x\(height) pixels among frames of \(format.width)x\(format.height)")
        }
        var divisor = 1
        if minimumSide > 0 {
            while divisor < 8, (Int(max(width, height)) + divisor * 2 - 1) / (divisor * 2) >= minimumSide {
                divisor *= 2
            }
        }
        let outputWidth = (Int(width) + divisor - 1) / divisor
        let outputHeight = (Int(height) + divisor - 1) / divisor
        let target = try memory(outputWidth * outputHeight * 3)
        var (status, reason) = decode(jpeg, bytes, count, target, outputWidth, outputHeight)
        if status == OCC_JPEG_DAMAGED || status == OCC_JPEG_STRAYS {
            if let whole = try closed(bytes, count, behind: outputWidth * outputHeight * 3) {
                // With strays and an end that is not its own nothing tells whether it was cut off.
                (status, reason) = decode(jpeg, whole, count + 2, memoryInUse, outputWidth, outputHeight)
            } else if status == OCC_JPEG_STRAYS {
                status = Int(OCC_JPEG_OK)
            }
        }
        guard status != OCC_JPEG_NO_MEMORY else { throw OcellusError(.outOfMemory, "no memory to decode a frame") }
        guard status == OCC_JPEG_OK else {
            throw OcellusError(.invalidData, "a damaged JPEG frame of \(count) bytes: \(reason)")
        }
        return try ImageView(pixels: memoryInUse, width: outputWidth, height: outputHeight, format: .rgb8)
    }

    private func decode(
        _ jpeg: OpaquePointer, _ bytes: UnsafePointer<UInt8>, _ count: Int, _ target: UnsafeMutablePointer<UInt8>,
        _ width: Int, _ height: Int
    ) -> (status: Int, reason: String) {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 200) { text in
            let status = occ_jpeg_decode(
                jpeg, bytes, count, target, Int32(width), Int32(height), text.baseAddress)
            return (Int(status), status == OCC_JPEG_OK ? "" : String(cString: text.baseAddress!))
        }
    }

    private var memoryInUse: UnsafeMutablePointer<UInt8> { pixels!.pointer }

    /// Some cameras leave out the two bytes that end a picture. A copy that has them, or nil when they are there.
    /// A picture that was really cut off is damaged with them, too.
    private func closed(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, behind offset: Int
    ) throws(OcellusError) -> UnsafePointer<UInt8>? {
        var end = count
        while end > 2, bytes[end - 1] == 0 { end -= 1 }
        if end >= 2, bytes[end - 2] == 0xFF, bytes[end - 1] == 0xD9 { return nil }
        let copy = try memory(offset + count + 2) + offset
        copy.update(from: bytes, count: count)
        copy[count] = 0xFF
        copy[count + 1] = 0xD9
        return UnsafePointer(copy)
    }

    /// What libv4lconvert makes of the frame.
    func converted(_ bytes: UnsafePointer<UInt8>, _ count: Int) throws(OcellusError) -> ImageView {
        guard let foreign else { throw OcellusError(.unsupported, "libv4lconvert is not loaded") }
        let target = try memory(format.width * format.height * 3)
        let reason = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 200) { text in
            occ_foreign_convert(foreign, bytes, count, target, text.baseAddress) == 0
                ? nil : String(cString: text.baseAddress!)
        }
        if let reason { throw OcellusError(.invalidData, "libv4l cannot convert a frame: \(reason)") }
        return try ImageView(pixels: target, width: format.width, height: format.height, format: .rgb8)
    }
}
