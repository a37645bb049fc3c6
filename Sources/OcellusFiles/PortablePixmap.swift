// Binary PPM (P6) and PGM (P5), as in the Netpbm manual: the simplest files there are, and what tests are made of.
// Plain (P2, P3), bitmap (P1, P4) and PAM files are not read.
import OcellusImage
import OcellusTensor

enum PortablePixmap {
    /// One picture; what follows it is ignored, as Netpbm allows several in a file.
    static func decode(_ bytes: UnsafeBufferPointer<UInt8>, name: String) throws(OcellusError) -> RGBImage {
        let channels = bytes[1] == UInt8(ascii: "6") ? 3 : 1
        var at = 2
        let width = try number(bytes, &at, "width", name)
        let height = try number(bytes, &at, "height", name)
        try PictureFile.checkSize(width: width, height: height, name: name)
        let maximum = try number(bytes, &at, "maximum", name)
        guard maximum >= 1, maximum <= 65535 else {
            throw OcellusError(.invalidData, "\(name): a PPM with maximum \(maximum); expected 1 to 65535")
        }
        guard at < bytes.count, isSpace(bytes[at]) else {
            throw OcellusError(.invalidData, "\(name): damaged PPM: expected white space after the header")
        }
        at += 1
        let sampleBytes = maximum > 255 ? 2 : 1
        let rowBytes = width * channels * sampleBytes
        guard rowBytes * height <= bytes.count - at else {
            throw OcellusError(
                .invalidData, "\(name): truncated PPM after \((bytes.count - at) / rowBytes) of \(height) rows")
        }
        let image = try RGBImage(width: width, height: height)
        let (target, count) = (image.pixels.pointer, width * height * channels)
        for i in 0..<count {
            var sample = Int(bytes[at &+ i &* sampleBytes])
            if sampleBytes == 2 { sample = sample << 8 | Int(bytes[at &+ 2 &* i &+ 1]) }
            // A sample over the maximum is damage that Netpbm tolerates: it counts as the maximum.
            let level = UInt8((min(sample, maximum) * 255 + maximum / 2) / maximum)
            if channels == 3 {
                target[i] = level
            } else {
                for channel in 0..<3 { target[3 &* i &+ channel] = level }
            }
        }
        return image
    }

    /// The file for a picture: P6, maximum 255.
    static func encode(_ image: RGBImage) -> [UInt8] {
        Array("P6\n\(image.width) \(image.height)\n255\n".utf8) + Array(image.pixels.elements)
    }

    /// The next decimal number; comments (# to the end of the line) and white space before it are skipped.
    private static func number(
        _ bytes: UnsafeBufferPointer<UInt8>, _ at: inout Int, _ what: String, _ name: String
    ) throws(OcellusError) -> Int {
        while at < bytes.count, isSpace(bytes[at]) || bytes[at] == UInt8(ascii: "#") {
            if bytes[at] == UInt8(ascii: "#") {
                while at < bytes.count, bytes[at] != 10, bytes[at] != 13 { at += 1 }
            } else {
                at += 1
            }
        }
        let start = at
        var value = 0
        while at < bytes.count, bytes[at] >= 48, bytes[at] <= 57 {
            value = value * 10 + Int(bytes[at] - 48)
            guard value <= Int(Int32.max) else {
                throw OcellusError(.invalidData, "\(name): a PPM whose \(what) is over \(Int32.max)")
            }
            at += 1
        }
        guard at > start else {
            let found = at < bytes.count ? "byte \(bytes[at])" : "the end of the file"
            throw OcellusError(
                .invalidData, "\(name): damaged PPM: expected the \(what) as a decimal number, found \(found)")
        }
        return value
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (byte >= 9 && byte <= 13) }
}
