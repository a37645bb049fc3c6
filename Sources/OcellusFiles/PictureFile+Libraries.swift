// JPEG and PNG through the C shim: statuses become errors that name the file, pixels become an upright `RGBImage`.
import CPictureFiles
import OcellusImage
import OcellusTensor

extension PictureFile {
    static func decodeJPEG(
        _ bytes: UnsafeBufferPointer<UInt8>, name: String, maximumSide: Int?
    ) throws(OcellusError) -> RGBImage {
        var limits = limits
        limits.maximum_side = max(0, maximumSide ?? 0)
        var picture = ocp_picture()
        let status = ocp_decode_jpeg(bytes.baseAddress, bytes.count, &limits, &picture)
        defer { ocp_free(picture.pixels) }
        try check(status, picture, "JPEG", name: name)
        return try Orientation(jpeg: bytes).upright(picture)
    }

    static func decodePNG(_ bytes: UnsafeBufferPointer<UInt8>, name: String) throws(OcellusError) -> RGBImage {
        var limits = limits
        var picture = ocp_picture()
        let status = ocp_decode_png(bytes.baseAddress, bytes.count, &limits, &picture)
        defer { ocp_free(picture.pixels) }
        try check(status, picture, "PNG", name: name)
        return try Orientation.upright.upright(picture)
    }

    private static var limits: ocp_limits {
        ocp_limits(
            side_limit: ImageView.sideLimit, area_limit: areaLimit, byte_limit: RGBImage.byteLimit, maximum_side: 0)
    }

    private static func check(
        _ status: ocp_status, _ picture: ocp_picture, _ format: String, name: String
    ) throws(OcellusError) {
        let reason = text(of: picture)
        switch status {
        case OCP_OK: return
        case OCP_TRUNCATED where picture.height > 0:
            throw OcellusError(
                .invalidData,
                "\(name): truncated \(format) after \(picture.rows_done) of "
                    + "\(max(picture.result_height, picture.rows_done)) rows")
        case OCP_TRUNCATED:
            throw OcellusError(.invalidData, "\(name): truncated \(format), the header is not complete")
        case OCP_TOO_LARGE:
            try checkSize(width: Int(picture.width), height: Int(picture.height), name: name)
            throw OcellusError(.invalidData, "\(name): a \(format) of \(picture.width)x\(picture.height) is too large")
        case OCP_OUT_OF_MEMORY:
            throw OcellusError(
                .outOfMemory, "\(name): not enough memory for a \(format) of \(picture.width)x\(picture.height)")
        case OCP_UNSUPPORTED:
            throw OcellusError(.unsupported, "\(name): a \(format) this library does not decode: \(reason)")
        default:
            throw OcellusError(.invalidData, "\(name): damaged \(format): \(reason)")
        }
    }

    private static func text(of picture: ocp_picture) -> String {
        withUnsafeBytes(of: picture.text) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
