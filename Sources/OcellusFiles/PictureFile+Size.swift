// The size of a picture from its header: a check of thousands of files must not decode them.
import OcellusImage
import OcellusTensor

extension PictureFile {
    /// The size of the picture in a file as `read` would return it: upright, not reduced.
    ///
    /// Says nothing about whether the pixels behind the header are there. Throws as `read`.
    public static func size(path: String) throws(OcellusError) -> PixelSize {
        let file = try FileBytes(path: path)
        return try size(bytes: file.bytes, name: path)
    }

    /// The same for bytes in memory; `name` stands in messages where a path would.
    public static func size(bytes: UnsafeBufferPointer<UInt8>, name: String) throws(OcellusError) -> PixelSize {
        let found: PixelSize?
        switch format(of: bytes) {
        case .jpeg: found = jpegSize(bytes)
        case .png where bytes.count >= 24:
            found = PixelSize(width: number(bytes, 16, bytes: 4), height: number(bytes, 20, bytes: 4))
        case .portablePixmap: found = portablePixmapSize(bytes)
        default: found = nil
        }
        guard let found else {
            // The decoder knows the words for what is wrong.
            let image = try decode(bytes: bytes, name: name)
            return PixelSize(width: image.width, height: image.height)
        }
        try checkSize(width: found.width, height: found.height, name: name)
        return found
    }

    /// From the frame header (ITU T.81, B.2.2), turned as EXIF says.
    private static func jpegSize(_ bytes: UnsafeBufferPointer<UInt8>) -> PixelSize? {
        var at = 2
        while at + 4 <= bytes.count, bytes[at] == 0xFF {
            let marker = bytes[at + 1]
            if marker == 0xFF {
                at += 1
                continue
            }
            let length = number(bytes, at + 2, bytes: 2)
            // SOF0 to SOF15 without DHT, JPG and DAC, which lie between them.
            if 0xC0...0xCF ~= marker, marker != 0xC4, marker != 0xC8, marker != 0xCC {
                guard at + 9 <= bytes.count else { return nil }
                let (height, width) = (number(bytes, at + 5, bytes: 2), number(bytes, at + 7, bytes: 2))
                let isTurned = Orientation(jpeg: bytes).rawValue >= 5
                return isTurned ? PixelSize(width: height, height: width) : PixelSize(width: width, height: height)
            }
            guard length >= 2, marker != 0xDA, marker != 0xD9 else { return nil }
            at += 2 + length
        }
        return nil
    }

    private static func portablePixmapSize(_ bytes: UnsafeBufferPointer<UInt8>) -> PixelSize? {
        var at = 2
        var numbers: [Int] = []
        while numbers.count < 2, at < bytes.count {
            if bytes[at] == UInt8(ascii: "#") {
                while at < bytes.count, bytes[at] != 10 { at += 1 }
            } else if 48...57 ~= bytes[at] {
                var value = 0
                while at < bytes.count, 48...57 ~= bytes[at], value < 1 << 31 {
                    value = value * 10 + Int(bytes[at] - 48)
                    at += 1
                }
                numbers.append(value)
            } else {
                at += 1
            }
        }
        return numbers.count == 2 ? PixelSize(width: numbers[0], height: numbers[1]) : nil
    }

    private static func number(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int, bytes count: Int) -> Int {
        bytes[at..<(at + count)].reduce(0) { $0 << 8 | Int($1) }
    }
}
