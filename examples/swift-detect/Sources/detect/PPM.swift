// Binary PPM (P6) pictures with 255 levels: the one format a program can read by itself.
import Foundation

struct PPM {
    let width: Int
    let height: Int
    /// Red, green, blue; `width * height * 3` bytes.
    let pixels: [UInt8]

    /// nil when the file is not such a picture.
    init?(path: String) {
        guard let data = FileManager.default.contents(atPath: path), data.starts(with: Array("P6".utf8)) else {
            return nil
        }
        let bytes = [UInt8](data)
        var at = 2
        var numbers: [Int] = []
        while numbers.count < 3 {
            guard let number = PPM.number(bytes, &at) else { return nil }
            numbers.append(number)
        }
        at += 1  // one character of white space ends the header
        guard 1...32768 ~= numbers[0], 1...32768 ~= numbers[1], numbers[2] == 255 else { return nil }
        let size = numbers[0] * numbers[1] * 3
        guard bytes.count >= at + size else { return nil }
        (width, height, pixels) = (numbers[0], numbers[1], Array(bytes[at..<at + size]))
    }

    /// The next number of at most five digits, after white space and comments.
    private static func number(_ bytes: [UInt8], _ at: inout Int) -> Int? {
        while at < bytes.count, !(0x30...0x39 ~= bytes[at]) {
            if bytes[at] == UInt8(ascii: "#") {
                while at < bytes.count, bytes[at] != UInt8(ascii: "\n") { at += 1 }
            } else {
                guard [0x20, 0x09, 0x0A, 0x0D].contains(bytes[at]) else { return nil }
                at += 1
            }
        }
        let digits = bytes[at...].prefix(6).prefix { 0x30...0x39 ~= $0 }
        at += digits.count
        return digits.count < 6 ? Int(String(decoding: digits, as: UTF8.self)) : nil
    }
}
