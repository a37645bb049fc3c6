// EXIF orientation: how a camera was held, as one tag in a JPEG's APP1 segment (Exif 2.32, 4.6.4; TIFF 6.0).
// Nothing else of EXIF is read, and nothing here trusts a length.
import CPictureFiles
import OcellusImage
import OcellusTensor

/// Where the stored picture's first row and first column belong: the EXIF values 1 to 8.
enum Orientation: Int {
    case upright = 1
    case mirrored
    case upsideDown
    case mirroredUpsideDown
    case transposed
    /// To be turned clockwise by a quarter.
    case turnedLeft
    case transposedUpsideDown
    /// To be turned counter-clockwise by a quarter.
    case turnedRight

    /// Of a JPEG file; upright when it has no tag, or one that makes no sense.
    init(jpeg bytes: UnsafeBufferPointer<UInt8>) {
        self = .upright
        var at = 2
        // Segments: FF, marker, length (which counts itself). They end where the scan begins.
        while at + 4 <= bytes.count, bytes[at] == 0xFF {
            let marker = bytes[at + 1]
            if marker == 0xFF {
                at += 1
                continue
            }
            if marker == 0xDA || marker == 0xD9 { return }
            let length = Int(bytes[at + 2]) << 8 | Int(bytes[at + 3])
            let end = at + 2 + length
            guard length >= 2, end <= bytes.count else { return }
            if marker == 0xE1, bytes[(at + 4)..<end].starts(with: [0x45, 0x78, 0x69, 0x66, 0, 0]) {
                let tiff = UnsafeBufferPointer(rebasing: bytes[(at + 10)..<end])
                if let value = Orientation.tag(inTIFF: tiff), let known = Orientation(rawValue: value) { self = known }
                return
            }
            at = end
        }
    }

    /// Tag 0x0112 of the first directory of a TIFF header.
    private static func tag(inTIFF bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        let isLittle = bytes.starts(with: [0x49, 0x49])
        guard isLittle || bytes.starts(with: [0x4D, 0x4D]) else { return nil }
        func number(_ at: Int, bytes count: Int) -> Int? {
            guard at >= 0, at <= bytes.count - count else { return nil }
            let slice = bytes[at..<(at + count)]
            return isLittle
                ? slice.reversed().reduce(0) { $0 << 8 | Int($1) } : slice.reduce(0) { $0 << 8 | Int($1) }
        }
        guard number(2, bytes: 2) == 42, let directory = number(4, bytes: 4),
            let entries = number(directory, bytes: 2)
        else { return nil }
        for entry in 0..<entries {
            let at = directory + 2 + entry * 12
            guard let tag = number(at, bytes: 2) else { return nil }
            // Type 3: a 16-bit number, at the start of the value field.
            if tag == 0x0112 { return number(at + 2, bytes: 2) == 3 ? number(at + 8, bytes: 2) : nil }
        }
        return nil
    }

    /// The decoded pixels as they should be seen.
    func upright(_ picture: ocp_picture) throws(OcellusError) -> RGBImage {
        let (width, height) = (Int(picture.result_width), Int(picture.result_height))
        let isTurned = rawValue >= 5
        let image = try RGBImage(width: isTurned ? height : width, height: isTurned ? width : height)
        guard let source = picture.pixels else { return image }
        let target = image.pixels.pointer
        if self == .upright {
            target.update(from: source, count: width * height * 3)
            return image
        }
        // Where the stored pixel (0, 0) goes, and how far a step to the right and a step down lead, in pixels.
        let row = image.width
        let (right, bottom) = (image.width - 1, (image.height - 1) * row)
        let (start, stepRight, stepDown) =
            switch self {
            case .upright: (0, 1, row)
            case .mirrored: (right, -1, row)
            case .upsideDown: (right + bottom, -1, -row)
            case .mirroredUpsideDown: (bottom, 1, -row)
            case .transposed: (0, row, 1)
            case .turnedLeft: (right, row, -1)
            case .transposedUpsideDown: (right + bottom, -row, -1)
            case .turnedRight: (bottom, -row, 1)
            }
        for y in 0..<height {
            for x in 0..<width {
                let from = source + (y &* width &+ x) &* 3
                let to = target + (start &+ x &* stepRight &+ y &* stepDown) &* 3
                to[0] = from[0]
                to[1] = from[1]
                to[2] = from[2]
            }
        }
        return image
    }
}
