// Picture files in: JPEG, PNG, PPM and PGM, told apart by their first bytes, never by their names.
// Every size a file claims is checked before memory is taken for it.
import OcellusImage
import OcellusTensor

/// Reading and writing of picture files.
public enum PictureFile {
    /// Largest number of pixels of a file that is opened. A picture's RGB bytes must also fit `RGBImage.byteLimit`.
    public static let areaLimit = 400_000_000

    /// The formats that are read.
    public enum Format: Equatable, Sendable {
        case jpeg
        case png
        /// PPM (P6) and PGM (P5), binary.
        case portablePixmap
    }

    /// The format that these first bytes belong to, nil for an unknown one.
    public static func format(of bytes: UnsafeBufferPointer<UInt8>) -> Format? {
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return .jpeg }
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return .png }
        if bytes.starts(with: Array("P5".utf8)) || bytes.starts(with: Array("P6".utf8)) { return .portablePixmap }
        return nil
    }

    /// The picture in a file, upright (EXIF orientation is applied), alpha composited over white, 16 bits made 8.
    ///
    /// `maximumSide` says that no more pixels than this are needed on the long side: a JPEG is then decoded at 1/8 to 8/8
    /// of its size, the smallest that still has as many. Other formats ignore it.
    /// Throws `.io` when the file cannot be read, `.invalidData` for a damaged, truncated, unknown or too large picture,
    /// `.unsupported` for what the format allows and no decoder here does, `.outOfMemory`.
    public static func read(path: String, maximumSide: Int? = nil) throws(OcellusError) -> RGBImage {
        let file = try FileBytes(path: path)
        return try decode(bytes: file.bytes, name: path, maximumSide: maximumSide)
    }

    /// The picture in `bytes`; `name` stands in messages where a path would. Otherwise as `read`.
    public static func decode(
        bytes: UnsafeBufferPointer<UInt8>, name: String, maximumSide: Int? = nil
    ) throws(OcellusError) -> RGBImage {
        guard bytes.count > 0 else {
            throw OcellusError(.invalidData, "\(name): the file is empty; expected a JPEG, PNG, PPM or PGM picture")
        }
        switch format(of: bytes) {
        case .jpeg: return try decodeJPEG(bytes, name: name, maximumSide: maximumSide)
        case .png: return try decodePNG(bytes, name: name)
        case .portablePixmap: return try PortablePixmap.decode(bytes, name: name)
        case nil:
            let first = bytes.prefix(4).map { hexadecimal($0) }.joined(separator: " ")
            throw OcellusError(
                .invalidData,
                "\(name): not a picture this library knows (begins with \(first)); expected JPEG, PNG, PPM (P6) or PGM (P5)"
            )
        }
    }

    /// Throws when a picture that claims this size must not be opened.
    static func checkSize(width: Int, height: Int, name: String) throws(OcellusError) {
        let side = ImageView.sideLimit
        let area = min(areaLimit, RGBImage.byteLimit / 3)
        guard width >= 1, height >= 1, width <= side, height <= side, width * height <= area else {
            throw OcellusError(
                .invalidData,
                "\(name): a picture of \(width)x\(height) pixels; expected 1 to \(side) a side and at most \(area) in all"
            )
        }
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }
}
