// What YuNet is given of a canvas.
import OcellusImage
import OcellusTensor
import Testing

@testable import OcellusTraining

@Suite struct YuNetFrameTests {
    private static let input = Preprocessing(
        inputWidth: 20, inputHeight: 17, channelOrder: .rgb, mean: SIMD3(10, 20, 30), scale: SIMD3(0.5, 0.25, 1),
        fit: .stretch)

    @Test("levels of the enlarged canvas at the top left in BGR, the student's mean around it")
    func frame() throws {
        let frame = YuNetFrame(Self.input, enlargement: 1.7)
        #expect(frame.pictureWidth == 34 && frame.pictureHeight == 29 && frame.width == 64 && frame.height == 32)
        let picture = try RGBImage(width: 34, height: 29)
        for i in 0..<picture.pixels.count { picture.pixels.pointer[i] = UInt8(i * 7 % 251) }
        var values = [Float](repeating: .nan, count: 64 * 32 * 3)
        try frame.write(picture, into: &values)
        for y in 0..<32 {
            for x in 0..<64 {
                for channel in 0..<3 {
                    let wanted =
                        x < 34 && y < 29
                        ? Float(((y * 34 + x) * 3 + 2 - channel) * 7 % 251) : Self.input.mean[2 - channel]
                    #expect(values[(y * 64 + x) * 3 + channel] == wanted, "\(x), \(y), \(channel)")
                }
            }
        }
    }

    @Test("a canvas of another size is refused")
    func refused() throws {
        var values = [Float](repeating: 0, count: 32 * 32 * 3)
        let error = #expect(throws: OcellusError.self) {
            try YuNetFrame(Self.input, enlargement: 1).write(RGBImage(width: 21, height: 17), into: &values)
        }
        #expect(error?.message.contains("21x17 for a teacher that looks at 20x17") == true)
    }
}
