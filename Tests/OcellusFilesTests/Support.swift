// Fixtures that Tests/References/picture_goldens.py wrote, and files that a test makes for itself.
import Foundation
import OcellusImage
import OcellusTensor

@testable import OcellusFiles

enum Fixture {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

    static func path(_ name: String) -> String { folder.appending(path: name).path(percentEncoded: false) }

    static func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: folder.appending(path: name))) }

    /// Size and RGB levels as Pillow decoded them.
    static func golden(_ name: String) throws -> (width: Int, height: Int, levels: [Int]) {
        let text = try String(contentsOf: folder.appending(path: name + ".txt"), encoding: .utf8)
        let lines = text.split(separator: "\n").dropFirst()
        let numbers = lines.flatMap { $0.split(separator: " ").compactMap { Int($0) } }
        return (numbers[0], numbers[1], Array(numbers.dropFirst(2)))
    }
}

func decode(_ bytes: [UInt8], maximumSide: Int? = nil) throws -> RGBImage {
    // A copy of exactly this size: the address sanitizer sees every byte read behind it.
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
    defer { copy.deallocate() }
    _ = copy.initialize(from: bytes)
    return try PictureFile.decode(bytes: UnsafeBufferPointer(copy), name: "picture", maximumSide: maximumSide)
}

/// What decoding says; "decoded WxH" when it succeeds.
func message(_ bytes: [UInt8]) -> String {
    do {
        let image = try decode(bytes)
        return "decoded \(image.width)x\(image.height)"
    } catch let error as OcellusError {
        return error.message
    } catch {
        return "another error"
    }
}

/// A smooth picture, which JPEG keeps nearly as it is.
func gradient(_ width: Int, _ height: Int) throws -> RGBImage {
    let image = try RGBImage(width: width, height: height)
    for i in 0..<(width * height) {
        let (x, y) = (i % width, i / width)
        image.pixels.pointer[3 * i] = UInt8(x * 255 / width)
        image.pixels.pointer[3 * i + 1] = UInt8(y * 255 / height)
        image.pixels.pointer[3 * i + 2] = UInt8((x + y) * 255 / (width + height))
    }
    return image
}

func largestDifference(_ image: RGBImage, _ levels: [Int]) -> Int {
    guard image.pixels.count == levels.count else { return .max }
    return zip(image.pixels.elements, levels).reduce(0) { max($0, abs(Int($1.0) - $1.1)) }
}

func withTemporaryFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "ocellus-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
}
