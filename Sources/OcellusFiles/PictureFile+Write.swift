// Picture files out, in the format that the name's extension says, whole or not at all.
import CPictureFiles
import OcellusImage
import OcellusTensor

extension PictureFile {
    /// Throws `.invalidArgument` for a name that does not say a format which can be written.
    public static func requireWritable(_ path: String) throws(OcellusError) {
        let lowered = path.lowercased()
        guard [".jpg", ".jpeg", ".png", ".ppm"].contains(where: { lowered.hasSuffix($0) }) else {
            throw OcellusError(
                .invalidArgument, "\(path): the extension does not say the format; expected .jpg, .jpeg, .png or .ppm")
        }
    }

    /// Writes `image` as .jpg/.jpeg, .png or .ppm (by the extension, in any case), atomically.
    ///
    /// `quality` (1...100) is JPEG's. Throws `.invalidArgument` for another extension or quality, `.io`, `.outOfMemory`.
    public static func write(_ image: RGBImage, path: String, quality: Int = 90) throws(OcellusError) {
        try requireWritable(path)
        let lowered = path.lowercased()
        if lowered.hasSuffix(".ppm") {
            try save(PortablePixmap.encode(image), path)
        } else if lowered.hasSuffix(".png") {
            try save(encode(image, .png), path)
        } else {
            try save(encode(image, .jpeg, quality: quality), path)
        }
    }

    /// The bytes of a file in `format`. Throws `.invalidArgument` for a quality outside 1...100, `.outOfMemory`.
    public static func encode(
        _ image: RGBImage, _ format: Format, quality: Int = 90
    ) throws(OcellusError) -> [UInt8] {
        guard quality >= 1, quality <= 100 else {
            throw OcellusError(.invalidArgument, "a JPEG quality of \(quality); expected 1 to 100")
        }
        var memory: UnsafeMutablePointer<UInt8>?
        var size = 0
        var text = [CChar](repeating: 0, count: 256)
        let (pixels, stride) = (image.pixels.pointer, image.width * 3)
        let status: ocp_status
        switch format {
        case .portablePixmap: return PortablePixmap.encode(image)
        case .jpeg:
            status = ocp_encode_jpeg(
                pixels, image.width, image.height, stride, Int32(quality), &memory, &size, &text)
        case .png:
            status = ocp_encode_png(pixels, image.width, image.height, stride, &memory, &size, &text)
        }
        defer { ocp_free(memory) }
        guard status == OCP_OK else {
            let reason = text.withUnsafeBytes { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            throw OcellusError(
                status == OCP_OUT_OF_MEMORY ? .outOfMemory : .unsupported,
                "a picture of \(image.width)x\(image.height) could not be encoded: \(reason)")
        }
        return Array(UnsafeBufferPointer(start: memory, count: size))
    }

    private static func save(_ bytes: [UInt8], _ path: String) throws(OcellusError) {
        let result = bytes.withUnsafeBufferPointer { content -> Result<Void, OcellusError> in
            do throws(OcellusError) {
                return .success(try FileBytes.write(content, to: path))
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }
}
