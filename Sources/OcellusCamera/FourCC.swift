// The four letters by which V4L2 names a pixel format. What the library does with each stands in `FrameLayout`.

/// A V4L2 format code such as `YUYV` or `MJPG`; the first letter is the lowest byte of the number.
public struct FourCC: Hashable, Sendable, CustomStringConvertible {
    public let code: UInt32

    public init(_ code: UInt32) { self.code = code }

    /// From text in any case. `mjpeg` and `jpeg`, `yuy2`, `i420`, `rgb`, `bgr` and `grey`/`gray` are understood too;
    /// three letters are padded with a blank. Nil when it is no code.
    public init?(_ text: String) {
        var letters: [UInt8] = []
        for byte in text.utf8 {
            guard byte > 0x20, byte < 0x7F, letters.count < 5 else { return nil }
            letters.append(byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") ? byte - 32 : byte)
        }
        if let known = FourCC.aliases(letters) {
            self = known
            return
        }
        guard letters.count == 3 || letters.count == 4 else { return nil }
        if letters.count == 3 { letters.append(0x20) }
        // The one common code in small letters: packed Bayer formats of ten bits and more.
        if letters[0] == UInt8(ascii: "P"), text.utf8.first == UInt8(ascii: "p") { letters[0] = UInt8(ascii: "p") }
        self.init(letters[0], letters[1], letters[2], letters[3])
    }

    init(_ first: UInt8, _ second: UInt8, _ third: UInt8, _ fourth: UInt8) {
        code = UInt32(first) | UInt32(second) << 8 | UInt32(third) << 16 | UInt32(fourth) << 24
    }

    /// A literal of four letters.
    init(letters: StaticString) {
        let bytes = letters.utf8Start
        self.init(bytes[0], bytes[1], bytes[2], bytes[3])
    }

    /// The letters, without the blanks that pad a shorter name.
    public var description: String {
        var bytes: [UInt8] = []
        for shift in [0, 8, 16, 24] as [UInt32] {
            let byte = UInt8(truncatingIfNeeded: code >> shift)
            // The top bit marks big-endian codes.
            let letter = byte & 0x7F
            bytes.append(letter > 0x20 && letter < 0x7F ? letter : UInt8(ascii: "?"))
            if letter == 0x20 { bytes.removeLast() }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    public static let yuyv = FourCC(letters: "YUYV")
    public static let nv12 = FourCC(letters: "NV12")
    public static let grey = FourCC(letters: "GREY")
    public static let mjpeg = FourCC(letters: "MJPG")
    public static let jpeg = FourCC(letters: "JPEG")
    public static let rgb24 = FourCC(letters: "RGB3")
    public static let bgr24 = FourCC(letters: "BGR3")

    private static func aliases(_ letters: [UInt8]) -> FourCC? {
        func same(_ name: StaticString) -> Bool {
            guard letters.count == name.utf8CodeUnitCount else { return false }
            for index in letters.indices where letters[index] != name.utf8Start[index] { return false }
            return true
        }
        if same("MJPEG") || same("MJPG") { return .mjpeg }
        if same("YUY2") { return .yuyv }
        if same("I420") || same("YU12") { return FourCC(letters: "YU12") }
        if same("RGB") || same("RGB24") { return .rgb24 }
        if same("BGR") || same("BGR24") { return .bgr24 }
        if same("GRAY") || same("GREY") || same("Y8") { return .grey }
        return nil
    }
}
